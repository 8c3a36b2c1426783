package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastGraph.Node;
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
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A network as its definition says, in loops of float64: slow, and independent of every library.
 *
 * @param weights of each node, in the order of {@link FastLayer#arrays()}
 */
record PlainReference(FastGraph graph, List<List<float[]>> weights) {

  /** Takes all parameters; they must be the graph's. */
  static PlainReference read(FastGraph graph, Parameters parameters) throws IOException {
    List<List<float[]>> weights = new ArrayList<>();
    for (FastLayer layer : graph.layers()) {
      List<float[]> arrays = new ArrayList<>();
      for (long[] dims : layer.arrays()) {
        float[] array = new float[Math.toIntExact(FastLayer.product(dims))];
        parameters.read(FloatBuffer.wrap(array));
        layer.arrange(arrays.size(), FloatBuffer.wrap(array));
        arrays.add(array);
      }
      weights.add(arrays);
    }
    return new PlainReference(graph, weights);
  }

  /**
   * @param images {@code [N, C, H, W]} in C order
   * @param shape of one
   * @return {@code [N, classes]} in C order
   */
  float[] logits(float[] images, InputShape shape) {
    int length = shape.channels() * shape.height() * shape.width();
    int classes = graph.head().length();
    float[] logits = new float[images.length / length * classes];
    for (int i = 0; i * length < images.length; i++) {
      Plane image = Plane.of(shape, images, i * length);
      double[] row = run(image).values();
      for (int c = 0; c < classes; c++) {
        logits[i * classes + c] = (float) row[c];
      }
    }
    return logits;
  }

  private Plane run(Plane image) {
    List<Plane> tensors = new ArrayList<>();
    for (int n = 0; n < graph.nodes().size(); n++) {
      Node node = graph.nodes().get(n);
      List<Plane> inputs =
          node.inputs().stream().map(i -> i == FastGraph.IMAGES ? image : tensors.get(i)).toList();
      tensors.add(node(node.layer(), inputs, weights.get(n)));
    }
    return tensors.get(graph.head().node());
  }

  /** What one node makes of what it reads. */
  static Plane node(FastLayer layer, List<Plane> inputs, List<float[]> weights) {
    Plane in = inputs.get(0);
    if (layer instanceof Convolution convolution) {
      return PlainConvolution.of(convolution, in, weights).map(convolution.after());
    } else if (layer instanceof Pool pool) {
      return pool(pool, in);
    } else if (layer instanceof GlobalAveragePool) {
      return mean(in);
    } else if (layer instanceof SqueezeExcitation gate) {
      return gated(gate, in, weights).map(gate.after());
    } else if (layer instanceof Sum sum) {
      return sum(inputs).map(sum.after());
    } else if (layer instanceof Concatenation) {
      return concatenated(inputs);
    } else if (layer instanceof Pointwise pointwise) {
      return in.map(pointwise.function());
    } else if (layer instanceof Softmax) {
      return softmax(in);
    }
    Dense dense = (Dense) layer;
    return dense(in.values(), weights.get(0), weights.get(1), dense.out());
  }

  private static Plane pool(Pool pool, Plane in) {
    int height = pool.window().output(in.height());
    int width = pool.window().output(in.width());
    int kernel = pool.window().kernel();
    int stride = pool.window().stride();
    Plane out = Plane.zeros(in.channels(), height, width);
    for (int at = 0; at < out.values().length; at++) {
      int c = at / (height * width);
      int top = at / width % height * stride;
      int left = at % width * stride;
      double most = Double.NEGATIVE_INFINITY;
      double sum = 0;
      for (int k = 0; k < kernel * kernel; k++) {
        double value = in.value(c, top + k / kernel, left + k % kernel);
        most = Math.max(most, value);
        sum += value;
      }
      out.values()[at] = pool.kind() == Pool.Kind.MAX ? most : sum / (kernel * kernel);
    }
    return out;
  }

  private static Plane mean(Plane in) {
    int pixels = in.height() * in.width();
    Plane out = Plane.zeros(in.channels(), 1, 1);
    for (int i = 0; i < in.values().length; i++) {
      out.values()[i / pixels] += in.values()[i] / pixels;
    }
    return out;
  }

  private static Plane gated(SqueezeExcitation gate, Plane in, List<float[]> weights) {
    Plane squeezed =
        dense(mean(in).values(), weights.get(1), weights.get(0), gate.squeezed())
            .map(Function.RELU);
    Plane gates =
        dense(squeezed.values(), weights.get(3), weights.get(2), gate.channels())
            .map(Function.SIGMOID);
    int pixels = in.height() * in.width();
    Plane out = Plane.zeros(in.channels(), in.height(), in.width());
    for (int i = 0; i < in.values().length; i++) {
      out.values()[i] = in.values()[i] * gates.values()[i / pixels];
    }
    return out;
  }

  private static Plane sum(List<Plane> inputs) {
    Plane first = inputs.get(0);
    Plane out = Plane.zeros(first.channels(), first.height(), first.width());
    for (Plane input : inputs) {
      for (int i = 0; i < out.values().length; i++) {
        out.values()[i] += input.values()[i];
      }
    }
    return out;
  }

  private static Plane concatenated(List<Plane> inputs) {
    int channels = inputs.stream().mapToInt(Plane::channels).sum();
    Plane out = Plane.zeros(channels, inputs.get(0).height(), inputs.get(0).width());
    int at = 0;
    for (Plane input : inputs) {
      System.arraycopy(input.values(), 0, out.values(), at, input.values().length);
      at += input.values().length;
    }
    return out;
  }

  private static Plane softmax(Plane in) {
    double most = Arrays.stream(in.values()).max().orElse(0);
    double[] powers = Arrays.stream(in.values()).map(x -> Math.exp(x - most)).toArray();
    double sum = Arrays.stream(powers).sum();
    Plane out = Plane.zeros(in.channels(), 1, 1);
    Arrays.setAll(out.values(), i -> powers[i] / sum);
    return out;
  }

  /**
   * @param weights {@code [out, in]}
   */
  private static Plane dense(double[] in, float[] weights, float[] bias, int out) {
    Plane result = Plane.zeros(out, 1, 1);
    for (int o = 0; o < out; o++) {
      double sum = bias[o];
      for (int i = 0; i < in.length; i++) {
        sum += in[i] * weights[o * in.length + i];
      }
      result.values()[o] = sum;
    }
    return result;
  }
}
