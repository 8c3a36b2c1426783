package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.FastLayer.Concatenation;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Dense;
import io.github.repvgg4j.runtime.graph.FastLayer.GlobalAveragePool;
import io.github.repvgg4j.runtime.graph.FastLayer.Pointwise;
import io.github.repvgg4j.runtime.graph.FastLayer.Pool;
import io.github.repvgg4j.runtime.graph.FastLayer.Softmax;
import io.github.repvgg4j.runtime.graph.FastLayer.SqueezeExcitation;
import io.github.repvgg4j.runtime.graph.FastLayer.Sum;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A network as its definition says, in loops of float64: slow, and independent of every library.
 *
 * @param steps in an order of computation, one or several for each node of the graph
 * @param head number of the step that gives the logits
 */
record PlainReference(List<Step> steps, int head) {

  /**
   * A step and where it stands.
   *
   * @param inputs numbers of other steps, or {@link FastGraph#IMAGES}
   * @param node of the graph
   */
  record Step(PlainStep work, List<Integer> inputs, int node) {

    List<Plane> read(Plane image, List<Plane> values) {
      return inputs.stream().map(i -> i == FastGraph.IMAGES ? image : values.get(i)).toList();
    }
  }

  PlainReference {
    steps = List.copyOf(steps);
  }

  /** Takes all parameters; they must be the graph's. */
  static PlainReference read(FastGraph graph, Parameters parameters) throws IOException {
    List<List<float[]>> weights = new ArrayList<>();
    for (FastLayer layer : graph.layers()) {
      weights.add(parameters.read(layer));
    }
    return of(graph, weights);
  }

  /**
   * @param weights of each node, in the order of {@link FastLayer#arrays()}
   */
  static PlainReference of(FastGraph graph, List<List<float[]>> weights) {
    Builder builder = new Builder(0);
    List<Integer> results = new ArrayList<>();
    for (int n = 0; n < graph.nodes().size(); n++) {
      List<Integer> inputs =
          graph.nodes().get(n).inputs().stream()
              .map(i -> i == FastGraph.IMAGES ? i : results.get(i))
              .toList();
      results.add(builder.node(n, graph.nodes().get(n).layer(), inputs, weights.get(n)));
    }
    return new PlainReference(builder.steps, results.get(graph.head().node()));
  }

  /** What one node makes of what it reads. */
  static Plane node(FastLayer layer, List<Plane> inputs, List<float[]> weights) {
    Builder builder = new Builder(inputs.size());
    builder.node(0, layer, IntStream.range(0, inputs.size()).boxed().toList(), weights);
    List<Plane> values = new ArrayList<>(inputs);
    for (Step step : builder.steps) {
      values.add(step.work.value(step.inputs.stream().map(values::get).toList()));
    }
    return values.get(values.size() - 1);
  }

  /** Writes nodes as steps; each call gives the number of the last. */
  private static final class Builder {

    private final List<Step> steps = new ArrayList<>();
    private final int first;

    /**
     * @param first number of the first step
     */
    private Builder(int first) {
      this.first = first;
    }

    private int add(int node, PlainStep work, List<Integer> inputs) {
      steps.add(new Step(work, inputs, node));
      return first + steps.size() - 1;
    }

    private int after(int node, int input, Function function) {
      return function.isIdentity() ? input : add(node, new PlainFunction(function), List.of(input));
    }

    private int node(int node, FastLayer layer, List<Integer> inputs, List<float[]> weights) {
      if (layer instanceof Convolution convolution) {
        PlainConvolution work = new PlainConvolution(convolution, weights);
        return after(node, add(node, work, inputs), convolution.after());
      } else if (layer instanceof SqueezeExcitation gate) {
        return after(node, gated(node, inputs.get(0), weights), gate.after());
      } else if (layer instanceof Sum sum) {
        return after(node, add(node, new PlainSum(), inputs), sum.after());
      } else if (layer instanceof Pointwise pointwise) {
        return add(node, new PlainFunction(pointwise.function()), inputs);
      }
      return add(node, plain(layer, weights), inputs);
    }

    private static PlainStep plain(FastLayer layer, List<float[]> weights) {
      if (layer instanceof Pool pool) {
        return new PlainPool(pool);
      } else if (layer instanceof GlobalAveragePool) {
        return new PlainMean();
      } else if (layer instanceof Concatenation) {
        return new PlainConcatenation();
      } else if (layer instanceof Softmax) {
        return new PlainSoftmax();
      } else if (layer instanceof Dense) {
        return new PlainDense(weights.get(0), weights.get(1));
      }
      throw new IllegalArgumentException(layer.where() + ": no definition in plain Java");
    }

    private int gated(int node, int image, List<float[]> weights) {
      int mean = add(node, new PlainMean(), List.of(image));
      PlainDense down = new PlainDense(weights.get(1), weights.get(0));
      int hidden = after(node, add(node, down, List.of(mean)), Function.RELU);
      PlainDense up = new PlainDense(weights.get(3), weights.get(2));
      int gates = after(node, add(node, up, List.of(hidden)), Function.SIGMOID);
      return add(node, new PlainGate(), List.of(image, gates));
    }
  }

  /**
   * @param images {@code [N, C, H, W]} in C order
   * @param shape of one
   * @return {@code [N, classes]} in C order
   */
  float[] logits(float[] images, InputShape shape) {
    int length = shape.channels() * shape.height() * shape.width();
    int number = images.length / length;
    float[] logits = new float[0];
    for (int i = 0; i < number; i++) {
      double[] row = values(Plane.of(shape, images, i * length)).get(head).values();
      logits = i == 0 ? new float[number * row.length] : logits;
      for (int c = 0; c < row.length; c++) {
        logits[i * row.length + c] = (float) row[c];
      }
    }
    return logits;
  }

  /** What each step gives. */
  List<Plane> values(Plane image) {
    List<Plane> values = new ArrayList<>();
    for (Step step : steps) {
      values.add(step.work.value(step.read(image, values)));
    }
    return values;
  }
}
