package io.github.repvgg4j.runtime;

import io.github.repvgg4j.runtime.FastLayer.Concatenation;
import io.github.repvgg4j.runtime.FastLayer.Convolution;
import io.github.repvgg4j.runtime.FastLayer.Dense;
import io.github.repvgg4j.runtime.FastLayer.GlobalAveragePool;
import io.github.repvgg4j.runtime.FastLayer.Pointwise;
import io.github.repvgg4j.runtime.FastLayer.Pool;
import io.github.repvgg4j.runtime.FastLayer.SqueezeExcitation;
import io.github.repvgg4j.runtime.FastLayer.Sum;
import io.github.repvgg4j.runtime.FastLayer.Window;
import io.github.repvgg4j.runtime.PlanTensors.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.javacpp.PointerScope;

/** Makes the primitives for one input shape; every layout is oneDNN's choice. */
final class PlanBuilder {

  private final OneDnn oneDnn;
  private final Model model;
  private final memory.data_type type;
  private final Owned owned = new Owned();
  private final PlanTensors tensors;
  private final JoinPrimitives joins;
  private final PoolPrimitives pools;

  /**
   * What is to be run.
   *
   * @param weights of each node
   */
  record Model(FastGraph graph, List<LayerWeights> weights) {}

  PlanBuilder(OneDnn oneDnn, Model model, Precision precision) {
    this.oneDnn = oneDnn;
    this.model = model;
    this.type = precision == Precision.BF16 ? memory.data_type.bf16 : memory.data_type.f32;
    this.tensors = new PlanTensors(oneDnn, owned);
    this.joins = new JoinPrimitives(oneDnn, tensors);
    this.pools = new PoolPrimitives(oneDnn, tensors);
  }

  /**
   * Plans one input shape, once.
   *
   * @param input [N, C, H, W]
   */
  Plan build(long... input) {
    try (PointerScope scope = new PointerScope()) {
      Tensor images = tensors.images(OneDnn.plain(memory.data_type.f32, input));
      List<Tensor> results = new ArrayList<>();
      int[] readers = model.graph().readers();
      for (int i = 0; i < model.graph().nodes().size(); i++) {
        List<Tensor> read =
            model.graph().nodes().get(i).inputs().stream()
                .map(n -> n == FastGraph.IMAGES ? images : results.get(n))
                .toList();
        Tensor result = add(i, read);
        results.add(result == null ? null : reading(result, readers[i]));
      }
      finish(results.get(model.graph().head().node()));
      return new Plan(oneDnn, tensors.steps(), owned);
    } catch (RuntimeException | Error e) {
      owned.close();
      throw e;
    }
  }

  private Tensor reading(Tensor result, int readers) {
    if (readers == 0) {
      tensors.drop(result);
    }
    return result.readAgain(readers - 1);
  }

  /** A dense layer writes to the caller itself; pooled features are copied. */
  private void finish(Tensor result) {
    if (result != null) {
      tensors.copyLast(result, OneDnn.plain(memory.data_type.f32, result.shape()));
    }
  }

  private Tensor add(int node, List<Tensor> read) {
    FastLayer layer = model.graph().nodes().get(node).layer();
    try {
      return switchOver(layer, model.weights().get(node), node, read);
    } catch (UnsupportedLayerException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new UnsupportedLayerException(
          layer.where(),
          "oneDNN has no " + type + " primitive for it (" + e.getMessage() + ")",
          "use FP32, or run this network with Deeplearning4j (--engine dl4j)");
    }
  }

  /** Null for the dense layer at the end, whose result is the caller's. */
  private Tensor switchOver(FastLayer layer, LayerWeights weights, int node, List<Tensor> read) {
    Tensor first = read.get(0);
    if (layer instanceof Convolution convolution) {
      boolean pooled = model.graph().isPooledOnly(node);
      return convolution(convolution, weights, first, pooled ? memory.data_type.f32 : type);
    }
    if (layer instanceof SqueezeExcitation gate) {
      return squeezeExcitation(gate, weights, first);
    }
    if (layer instanceof Dense dense) {
      dense(dense, weights, first);
      return null;
    }
    if (layer instanceof Sum sum) {
      return joins.sum(sum, read);
    }
    if (layer instanceof Concatenation concatenation) {
      return joins.concatenation(concatenation, read);
    }
    return pointwise(layer, first);
  }

  private Tensor pointwise(FastLayer layer, Tensor read) {
    if (layer instanceof GlobalAveragePool pool) {
      return pools.global(pool.where(), read);
    }
    if (layer instanceof Pool pool) {
      return pools.windows(pool, read);
    }
    return layer instanceof Pointwise function
        ? joins.pointwise(function, read)
        : joins.softmax(layer.where(), read);
  }

  private Tensor convolution(
      Convolution layer, LayerWeights weights, Tensor read, memory.data_type result) {
    long[] output = outputShape(layer, read.shape());
    Weighted numbers = new Weighted(weights.tensors().get(1), weights.tensors().get(0));
    return convolve(
        new Shapes(output, layer.window(), result), numbers, layer.after(), layer.where(), read);
  }

  private record Weighted(WeightTensor weight, WeightTensor bias) {}

  private record Shapes(long[] output, Window window, memory.data_type result) {}

  private Tensor convolve(Shapes shapes, Weighted numbers, After after, String name, Tensor read) {
    long[] shape = read.shape();
    Window window = shapes.window();
    int height = (int) shape[2];
    int width = (int) shape[3];
    convolution_forward.desc description =
        new convolution_forward.desc(
            dnnl.prop_kind.forward_inference,
            dnnl.algorithm.convolution_direct,
            OneDnn.any(type, shape),
            OneDnn.any(type, numbers.weight().dims()),
            OneDnn.plain(memory.data_type.f32, shapes.output()[1]),
            OneDnn.any(shapes.result(), shapes.output()),
            new long[] {window.stride(), window.stride()},
            new long[] {window.before(height), window.before(width)},
            new long[] {window.after(height), window.after(width)});
    convolution_forward.primitive_desc chosen =
        new convolution_forward.primitive_desc(description, after.attributes(), oneDnn.cpu());
    Tensor source = tensors.inLayout(read, chosen.src_desc());
    return tensors.add(
        name,
        new convolution_forward(chosen),
        chosen,
        Map.of(dnnl.DNNL_ARG_SRC, source),
        weighted(chosen, numbers));
  }

  private Tensor squeezeExcitation(SqueezeExcitation layer, LayerWeights weights, Tensor image) {
    Window point = new Window(1, 1, 0);
    List<WeightTensor> arrays = weights.tensors();
    long batch = image.shape()[0];
    image.readAgain(1);
    Tensor means = pools.global(layer.where(), image);
    Tensor hidden =
        convolve(
            new Shapes(new long[] {batch, layer.squeezed(), 1, 1}, point, type),
            new Weighted(arrays.get(1), arrays.get(0)),
            After.RELU,
            layer.where(),
            means);
    Tensor gate =
        convolve(
            new Shapes(new long[] {batch, layer.channels(), 1, 1}, point, type),
            new Weighted(arrays.get(3), arrays.get(2)),
            After.SIGMOID,
            layer.where(),
            hidden);
    return joins.product(layer.where(), image, gate, layer.after());
  }

  private static long[] outputShape(Convolution layer, long[] shape) {
    if (shape[1] != layer.in()) {
      throw new UnsupportedLayerException(
          layer.where(),
          "takes " + layer.in() + " channels, got " + shape[1],
          "give images of " + layer.in() + " channels");
    }
    return layer.window().output(layer.where(), shape, layer.out());
  }

  private void dense(Dense layer, LayerWeights weights, Tensor read) {
    Weighted numbers = new Weighted(weights.tensors().get(0), weights.tensors().get(1));
    long[] shape = read.shape();
    if (shape[1] != layer.channels() || shape[2] != layer.height() || shape[3] != layer.width()) {
      throw new UnsupportedLayerException(
          layer.where(),
          String.format(
              Locale.ROOT,
              "reads [%d, %d, %d], and would get [%d, %d, %d]",
              layer.channels(),
              layer.height(),
              layer.width(),
              shape[1],
              shape[2],
              shape[3]),
          "give images of the size that the network was made for");
    }
    inner_product_forward.desc description =
        new inner_product_forward.desc(
            dnnl.prop_kind.forward_inference,
            OneDnn.any(memory.data_type.f32, shape),
            OneDnn.any(memory.data_type.f32, numbers.weight().dims()),
            OneDnn.plain(memory.data_type.f32, layer.out()),
            OneDnn.plain(memory.data_type.f32, shape[0], layer.out()));
    inner_product_forward.primitive_desc chosen =
        new inner_product_forward.primitive_desc(
            description, After.NOTHING.attributes(), oneDnn.cpu());
    Tensor source = tensors.inLayout(read, chosen.src_desc());
    tensors.addLast(
        layer.where(),
        new inner_product_forward(chosen),
        chosen,
        Map.of(dnnl.DNNL_ARG_SRC, source),
        weighted(chosen, numbers));
  }

  private static Map<Integer, memory> weighted(primitive_desc_base chosen, Weighted numbers) {
    return Map.of(
        dnnl.DNNL_ARG_WEIGHTS,
        numbers.weight().in(chosen.weights_desc()),
        dnnl.DNNL_ARG_BIAS,
        numbers.bias().in(chosen.weights_desc(1)));
  }
}
