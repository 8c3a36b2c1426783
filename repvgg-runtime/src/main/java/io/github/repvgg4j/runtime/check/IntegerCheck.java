package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.check.SelfCheckReport.CodeAgreement;
import io.github.repvgg4j.runtime.check.SelfCheckReport.Reference;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.GraphShapes;
import io.github.repvgg4j.runtime.plan.BatchShape;
import io.github.repvgg4j.runtime.plan.DirectFloats;
import io.github.repvgg4j.runtime.plan.NodeTensor;
import io.github.repvgg4j.runtime.plan.Observation;
import io.github.repvgg4j.runtime.plan.OneDnnEngine;
import io.github.repvgg4j.runtime.plan.PlanRequest;
import io.github.repvgg4j.runtime.source.NetworkSource;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Holds what an engine gives at each node against what the node's definition makes of what the
 * engine gave it to read. So nodes can be looked at beside one another and at a few pixels each, by
 * the kernels that a service will run; where no code differs, none differs from what the whole
 * network's definition says.
 *
 * @param macs multiplications to be spent on a check; pixels are left out beyond
 */
public record IntegerCheck(IntegerReference reference, long macs) {

  /** Some tens of milliseconds. */
  public static final long QUICK_MACS = 100_000_000;

  private static final long SEED = 20210301;

  /** Beyond that many, a small image takes the place of a network's own. */
  private static final long MOST_PIXELS = 512 * 512;

  private static final int FEWEST_PIXELS = 9;

  /** Of one node. */
  private record Found(long compared, long differing, double difference) {}

  /**
   * Runs one image and compares.
   *
   * @throws IllegalStateException where all logits are the same, which proves nothing
   */
  public SelfCheckReport compare(NetworkSource source, OneDnnEngine engine) throws IOException {
    FastGraph graph = reference.graph();
    InputShape image = image(graph, source.input());
    float[] numbers = Probe.values(SEED, image, 1);
    BatchShape one = new BatchShape(1, image.channels(), image.height(), image.width());
    List<Found> found = new ArrayList<>();
    for (PlanRequest request : engine.possible(one)) {
      Observation actual =
          engine.observe(DirectFloats.zeros(numbers.length).put(numbers).flip(), request);
      if (Probe.isConstant(actual.tensor(graph.head().node()).numbers())) {
        throw new IllegalStateException(
            source.name()
                + ": all its logits are the same, so that the self-check proves nothing;"
                + " SelfCheck.SKIP loads it unchecked");
      }
      found.addAll(compare(numbers, actual));
    }
    CodeAgreement codes =
        new CodeAgreement(
            found.stream().mapToLong(Found::compared).sum(),
            found.stream().mapToLong(Found::differing).sum(),
            reference.integers().tensors().size());
    double difference =
        found.stream().mapToDouble(Found::difference).reduce(0, IntegerCheck::worse);
    double bound = SelfCheckReport.bound(Precision.INT8);
    return new SelfCheckReport(
        Reference.PLAIN_INTEGERS, difference, bound, 1, 1, Optional.of(codes));
  }

  /** The network's own size, so that it is its own kernels that are checked. */
  private static InputShape image(FastGraph graph, Optional<InputShape> input) {
    return input
        .filter(shape -> (long) shape.height() * shape.width() <= MOST_PIXELS)
        .filter(shape -> GraphShapes.fits(graph, shape))
        .orElseGet(() -> ProbeShape.of(graph, input).image());
  }

  /** Node by node, as many at a time as there are cores. */
  private List<Found> compare(float[] image, Observation actual) {
    return IntStream.range(FastGraph.IMAGES, reference.graph().nodes().size())
        .parallel()
        .mapToObj(
            node -> node == FastGraph.IMAGES ? images(image, actual.images()) : node(node, actual))
        .toList();
  }

  private Found images(float[] image, NodeTensor actual) {
    if (actual.codes().isEmpty()) {
      return new Found(0, 0, 0);
    }
    int pixels = image.length / (int) actual.dims()[1];
    return codes(reference.encoded(image), actual, Pixels.all(pixels, 1));
  }

  private Found node(int number, Observation actual) {
    NodeTensor given = actual.tensor(number);
    Pixels pixels = pixels(number, given.dims());
    List<NodeTensor> inputs =
        reference.graph().nodes().get(number).inputs().stream().map(actual::tensor).toList();
    Unrounded expected = reference.node(number, inputs, pixels);
    return given.codes().isPresent()
        ? codes(expected, given, pixels)
        : new Found(0, 0, difference(expected.values(), given, pixels));
  }

  private Pixels pixels(int number, long[] dims) {
    int height = dims.length > 2 ? (int) dims[2] : 1;
    int width = dims.length > 2 ? (int) dims[3] : 1;
    FastLayer layer = reference.graph().nodes().get(number).layer();
    if (!(layer instanceof FastLayer.Convolution)) {
      return Pixels.all(height, width);
    }
    long share = macs / reference.graph().nodes().size() / Math.max(1, layer.parameterCount());
    int most = (int) Math.max(FEWEST_PIXELS, Math.min(Integer.MAX_VALUE, share));
    return Pixels.sample(height, width, most, SEED + number);
  }

  private static Found codes(Unrounded expected, NodeTensor actual, Pixels pixels) {
    Codes codes = actual.codes().orElseThrow();
    double[] given = chosen(actual, pixels);
    long differing = 0;
    for (int i = 0; i < given.length; i++) {
      differing += expected.is((int) given[i], i, codes) ? 0 : 1;
    }
    return new Found(given.length, differing, 0);
  }

  private static double difference(double[] expected, NodeTensor actual, Pixels pixels) {
    double[] given = chosen(actual, pixels);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < given.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = worse(difference, Math.abs(given[i] - expected[i]));
    }
    return difference == 0 ? 0 : difference / largest;
  }

  /** The larger one, or what is not a number. */
  private static double worse(double first, double second) {
    return second <= first ? first : second;
  }

  private static double[] chosen(NodeTensor tensor, Pixels pixels) {
    double[] numbers = new double[tensor.numbers().length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = tensor.numbers()[i];
    }
    long[] dims = tensor.dims();
    return pixels.of(numbers, dims.length > 2 ? (int) (dims[2] * dims[3]) : 1);
  }
}
