package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.array.FiniteNumbers;
import io.github.repvgg4j.layer.SqueezeExcitation;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.train.optim.Kernel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Where each layer's arrays lie in a graph's flat parameter vector, and how the optimizer treats
 * them. The reference decays (train/optimizer.py): convolution and linear weights and the gamma of
 * the identity branch's BatchNorm; not biases, nor the other BatchNorms.
 */
public final class ParameterLayout {

  /** Of a kernel {@code [out, in, kH, kW]}. */
  private static final int IMAGE_AXES = 4;

  private final List<Segment> segments;
  private final long length;

  private ParameterLayout(List<Segment> segments, long length) {
    this.segments = List.copyOf(segments);
    this.length = length;
  }

  /** What happens to a segment in a step. */
  public enum Treatment {
    /** Follows its gradient and is decayed. */
    DECAYED,
    /** Follows its gradient. */
    TRAINED,
    /** Running statistics: DL4J's "gradient" is their step, taken as it is. */
    STATISTIC
  }

  /**
   * One array of one layer.
   *
   * @param layer the layer's name
   * @param key DL4J's key: W, b, gamma, beta, mean, var
   * @param offset of its first number
   * @param length its numbers
   * @param filters output channels of a convolution's kernel, 0 of all else
   */
  public record Segment(
      String layer, String key, long offset, long length, Treatment treatment, long filters) {}

  /** Numbers behind one another in the flat vector. */
  record Range(long offset, long length) {

    /** A view of a vector {@code [1, P]}. */
    INDArray of(INDArray vector) {
      return vector.get(NDArrayIndex.point(0), NDArrayIndex.interval(offset, offset + length));
    }
  }

  /** Where segments fit, neighbours as one. */
  List<Range> ranges(Predicate<Segment> fits) {
    List<Range> ranges = new ArrayList<>();
    List<Segment> inOrder =
        segments.stream().sorted(Comparator.comparingLong(Segment::offset)).toList();
    for (Segment segment : inOrder) {
      Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
      if (!fits.test(segment)) {
        continue;
      }
      if (last != null && last.offset + last.length == segment.offset) {
        ranges.set(ranges.size() - 1, new Range(last.offset, last.length + segment.length));
      } else {
        ranges.add(new Range(segment.offset, segment.length));
      }
    }
    return ranges;
  }

  /** The layout of an initialised graph. */
  public static ParameterLayout of(ComputationGraph graph) {
    List<Segment> segments = new ArrayList<>();
    for (Layer layer : graph.getLayers()) {
      String name = layer.conf().getLayer().getLayerName();
      for (Map.Entry<String, INDArray> entry : layer.paramTable().entrySet()) {
        INDArray view = entry.getValue();
        segments.add(
            new Segment(
                name,
                entry.getKey(),
                view.offset() - graph.params().offset(),
                view.length(),
                treatment(name, entry.getKey()),
                isKernel(name, view) ? view.size(0) : 0));
      }
    }
    ParameterLayout layout = new ParameterLayout(segments, graph.numParams());
    layout.checkComplete();
    return layout;
  }

  /** A scale has the axes of a depthwise kernel, but is a factor a channel. */
  private static boolean isKernel(String layer, INDArray values) {
    return values.rank() == IMAGE_AXES && !layer.endsWith(BlockNames.scale(""));
  }

  private static Treatment treatment(String layer, String key) {
    return switch (key) {
      case "mean", "var", "log10stdev" -> Treatment.STATISTIC;
      case "b", "beta", SqueezeExcitation.DOWN_BIAS, SqueezeExcitation.UP_BIAS -> Treatment.TRAINED;
      case "gamma" ->
          layer.endsWith(BlockNames.identityBn("")) ? Treatment.DECAYED : Treatment.TRAINED;
      default -> isTrainedScale(layer) ? Treatment.TRAINED : Treatment.DECAYED;
    };
  }

  /** As RepOptimizer's authors treat scales: the identity's is decayed, as its gamma is. */
  private static boolean isTrainedScale(String layer) {
    return layer.endsWith(BlockNames.scale(""))
        && !layer.endsWith(BlockNames.scale(BlockNames.identity("")));
  }

  private void checkComplete() {
    long sum = segments.stream().mapToLong(Segment::length).sum();
    boolean inside = segments.stream().allMatch(s -> s.offset + s.length <= length);
    if (sum != length || !inside) {
      throw new IllegalStateException(
          "parameters: " + sum + " numbers in views of a vector of " + length);
    }
  }

  public List<Segment> segments() {
    return segments;
  }

  /** Parameters of the vector, running statistics included. */
  public long length() {
    return length;
  }

  /** {@code [1, P]} of the graph's type: 1 where a segment has this treatment, else 0. */
  public INDArray mask(ComputationGraph graph, Treatment treatment) {
    INDArray mask = Nd4j.zeros(graph.params().dataType(), 1, length);
    fill(mask, segment -> segment.treatment == treatment, 1);
    return mask;
  }

  /** The convolutions' kernels among the segments that fit, by rising offset. */
  List<Kernel> kernels(Predicate<Segment> fits) {
    return segments.stream()
        .filter(segment -> segment.filters > 0 && fits.test(segment))
        .map(s -> new Kernel(s.offset, s.filters, s.length / s.filters))
        .sorted(Comparator.comparingLong(Kernel::offset))
        .toList();
  }

  /** Writes a value wherever a segment fits. */
  void fill(INDArray vector, Predicate<Segment> fits, double value) {
    segments.stream().filter(fits).forEach(segment -> range(vector, segment).assign(value));
  }

  /** The first segment of {@code vector} that holds a NaN or an infinity, or null. */
  public Segment firstNotFinite(INDArray vector) {
    for (Segment segment : segments) {
      if (!FiniteNumbers.are(range(vector, segment))) {
        return segment;
      }
    }
    return null;
  }

  private static INDArray range(INDArray vector, Segment segment) {
    return new Range(segment.offset, segment.length).of(vector);
  }
}
