package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastGraph.Node;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Dense;
import io.github.repvgg4j.runtime.plan.NodeTensor;
import io.github.repvgg4j.runtime.plan.Observation;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An INT8 network as its definition says, in plain Java: integer sums, one multiplication in
 * float32, halves to even (Jacob et al., arXiv 1712.05877); what is not in integers in float64.
 * Slow, and independent of every library.
 *
 * @param weights of each node that computes in float32, in the order of {@link FastLayer#arrays()}
 */
public record IntegerReference(
    FastGraph graph, QuantizedNetwork integers, List<List<float[]>> weights) {

  /** Whole numbers beyond it are not all float32's. */
  private static final long EXACT = 1 << 24;

  /** Takes the parameters of all nodes that compute in float32; they must be the graph's. */
  public static IntegerReference read(
      FastGraph graph, QuantizedNetwork integers, Parameters parameters) throws IOException {
    List<List<float[]>> weights = new ArrayList<>();
    long left = 0;
    for (int i = 0; i < graph.nodes().size(); i++) {
      FastLayer layer = graph.nodes().get(i).layer();
      if (integers.layers().containsKey(i)) {
        left += layer.parameterCount();
        weights.add(List.of());
      } else if (layer.parameterCount() > 0) {
        parameters.skip(left);
        left = 0;
        weights.add(parameters.read(layer));
      } else {
        weights.add(List.of());
      }
    }
    return new IntegerReference(graph, integers, List.copyOf(weights));
  }

  /** Computes all of it, from the codes of the image on. */
  public Observation run(float[] image, InputShape shape) {
    long[] dims = {1, shape.channels(), shape.height(), shape.width()};
    NodeTensor images = new NodeTensor(dims, Optional.empty(), image);
    Optional<Codes> codes = codes(FastGraph.IMAGES);
    NodeTensor read = codes.isPresent() ? rounded(dims, encoded(image), codes) : images;
    List<NodeTensor> nodes = new ArrayList<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      List<NodeTensor> inputs =
          graph.nodes().get(i).inputs().stream()
              .map(from -> from == FastGraph.IMAGES ? read : nodes.get(from))
              .toList();
      long[] axes = axes(i, inputs);
      Pixels all = Pixels.all(pixels(axes, 2), pixels(axes, 3));
      nodes.add(rounded(axes, node(i, inputs, all), codes(i)));
    }
    return new Observation(read, List.copyOf(nodes));
  }

  private static int pixels(long[] axes, int axis) {
    return axes.length > axis ? (int) axes[axis] : 1;
  }

  private static NodeTensor rounded(long[] dims, Unrounded made, Optional<Codes> codes) {
    float[] numbers = new float[made.values().length];
    for (int i = 0; i < numbers.length; i++) {
      double value = made.values()[i];
      numbers[i] = codes.isPresent() ? Unrounded.code(value, codes.get()) : (float) value;
    }
    return new NodeTensor(dims, codes, numbers);
  }

  /** Axes of what a node gives for one image. */
  private long[] axes(int number, List<NodeTensor> inputs) {
    FastLayer layer = graph.nodes().get(number).layer();
    long[] read = inputs.get(0).dims();
    if (layer instanceof Convolution convolution) {
      return convolution.window().output(layer.where(), read, convolution.out());
    }
    if (layer instanceof Dense dense) {
      return new long[] {1, dense.out()};
    }
    Plane made = plane(number, inputs);
    return new long[] {1, made.channels(), made.height(), made.width()};
  }

  private Optional<Codes> codes(int node) {
    return Optional.ofNullable(integers.tensors().get(node));
  }

  /** The network's input; only where it has codes. */
  Unrounded encoded(float[] image) {
    double scale = codes(FastGraph.IMAGES).orElseThrow().scale();
    double[] steps = new double[image.length];
    Arrays.setAll(steps, i -> image[i] / scale);
    return near(steps);
  }

  private static Unrounded near(double[] steps) {
    boolean[] near = new boolean[steps.length];
    Arrays.fill(near, true);
    return new Unrounded(steps, Optional.of(near));
  }

  /**
   * What a node makes of what it reads.
   *
   * @param inputs of one image
   * @param pixels of its result, in which it is looked at
   */
  Unrounded node(int number, List<NodeTensor> inputs, Pixels pixels) {
    Node node = graph.nodes().get(number);
    QuantizedLayer layer = integers.layers().get(number);
    if (layer != null) {
      return products(number, layer, new Patches(node.layer(), inputs.get(0), pixels));
    }
    double[] real = real(number, inputs, pixels);
    if (codes(number).isEmpty()) {
      return new Unrounded(real, Optional.empty());
    }
    double scale = codes(number).get().scale();
    return near(Arrays.stream(real).map(value -> value / scale).toArray());
  }

  private double[] real(int number, List<NodeTensor> inputs, Pixels pixels) {
    if (graph.nodes().get(number).layer() instanceof Convolution convolution) {
      NodeTensor read = inputs.get(0);
      NodeTensor reals = new NodeTensor(read.dims(), Optional.empty(), read.real());
      List<float[]> arrays = weights.get(number);
      double[] sums = new Patches(convolution, reals, pixels).sums(arrays.get(1), arrays.get(0));
      return Arrays.stream(sums).map(x -> PlainFunction.of(convolution.after(), x)).toArray();
    }
    Plane made = plane(number, inputs);
    return pixels.of(made.values(), made.height() * made.width());
  }

  private Plane plane(int number, List<NodeTensor> inputs) {
    List<Plane> planes = inputs.stream().map(Plane::of).toList();
    return PlainReference.node(graph.nodes().get(number).layer(), planes, weights.get(number));
  }

  private Unrounded products(int number, QuantizedLayer layer, Patches patches) {
    Codes read = patches.read().codes().orElseThrow();
    Function after =
        patches.layer() instanceof Convolution convolution
            ? convolution.after()
            : Function.IDENTITY;
    Scaling scaling = new Scaling(after, codes(number));
    int[] sums = patches.sums(layer.weights(), read.zeroPoint());
    int count = patches.pixels().count();
    int length = layer.weights().length / layer.out();
    double[] values = new double[sums.length];
    boolean[] near = new boolean[sums.length];
    for (int o = 0; o < layer.out(); o++) {
      float factor = scaling.factor(read.scale(), layer.weightScales()[o]);
      long shift = 0;
      for (int i = o * length; i < (o + 1) * length; i++) {
        shift += layer.weights()[i];
      }
      for (int i = o * count; i < (o + 1) * count; i++) {
        long bias = layer.bias()[o];
        values[i] = scaling.apply((float) (sums[i] + bias) * factor);
        long largest =
            Math.max(Math.abs(sums[i] + bias), Math.max(Math.abs(sums[i]), Math.abs(bias)))
                + Math.abs(shift * read.zeroPoint());
        near[i] = !scaling.isExact() || largest > EXACT;
      }
    }
    return new Unrounded(values, Optional.of(near));
  }

  /** From a sum to steps of codes, or to real numbers. */
  private record Scaling(Function after, Optional<Codes> to) {

    /** Functions that take a factor along: no second multiplication. */
    private boolean takesFactor() {
      return switch (after.kind()) {
        case LINEAR, RELU, BOUNDED_RELU -> true;
        case ELU, SIGMOID, TANH, SWISH -> false;
      };
    }

    private boolean isExact() {
      return takesFactor() && to.map(codes -> codes.zeroPoint() == 0).orElse(true);
    }

    private float factor(float readScale, float weightScale) {
      double step = takesFactor() ? to.map(Codes::scale).orElse(1f) : 1;
      return (float) ((double) readScale * weightScale / step);
    }

    private double apply(float x) {
      return switch (after.kind()) {
        case LINEAR -> x;
        case RELU -> x < 0 ? after.alpha() * x : x;
        case BOUNDED_RELU ->
            Math.min(after.alpha() / to.map(Codes::scale).orElse(1f), Math.max(0, x));
        case ELU, SIGMOID, TANH, SWISH ->
            PlainFunction.of(after, x) / to.map(Codes::scale).orElse(1f);
      };
    }
  }
}
