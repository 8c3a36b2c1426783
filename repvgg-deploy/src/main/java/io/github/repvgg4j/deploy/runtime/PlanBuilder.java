package io.github.repvgg4j.deploy.runtime;

import io.github.repvgg4j.deploy.runtime.FastLayer.Convolution;
import io.github.repvgg4j.deploy.runtime.FastLayer.Dense;
import io.github.repvgg4j.deploy.runtime.FastLayer.GlobalAveragePool;
import io.github.repvgg4j.deploy.runtime.FastLayer.SqueezeExcitation;
import io.github.repvgg4j.deploy.runtime.FastLayer.Window;
import io.github.repvgg4j.deploy.runtime.Plan.Operand;
import io.github.repvgg4j.deploy.runtime.Plan.Slot;
import io.github.repvgg4j.deploy.runtime.Plan.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_forward;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.PointerScope;

/** Makes the primitives for one input shape; every layout is oneDNN's choice. */
final class PlanBuilder {

  private final OneDnn oneDnn;
  private final Model model;
  private final memory.data_type type;
  private final Owned owned = new Owned();
  private final List<Step> steps = new ArrayList<>();
  private Operand.At current;
  private long[] shape;

  /**
   * What is to be run.
   *
   * @param layers in order
   * @param weights of each layer
   */
  record Model(List<FastLayer> layers, List<LayerWeights> weights) {}

  PlanBuilder(OneDnn oneDnn, Model model, Precision precision) {
    this.oneDnn = oneDnn;
    this.model = model;
    this.type = precision == Precision.BF16 ? memory.data_type.bf16 : memory.data_type.f32;
  }

  /**
   * Plans one input shape, once.
   *
   * @param input [N, C, H, W]
   */
  Plan build(long... input) {
    shape = input.clone();
    try (PointerScope scope = new PointerScope()) {
      current = at(Slot.INPUT, OneDnn.plain(memory.data_type.f32, input));
      for (int i = 0; i < model.layers().size(); i++) {
        add(model.layers().get(i), model.weights().get(i), i);
      }
      return new Plan(oneDnn, steps, owned);
    } catch (RuntimeException | Error e) {
      owned.close();
      throw e;
    }
  }

  private void add(FastLayer layer, LayerWeights weights, int index) {
    try {
      switchOver(layer, weights, index);
    } catch (UnsupportedLayerException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new UnsupportedLayerException(
          layer.where(),
          "oneDNN has no " + type + " primitive for it (" + e.getMessage() + ")",
          "use FP32, or run this network with Deeplearning4j (--engine dl4j)");
    }
  }

  private void switchOver(FastLayer layer, LayerWeights weights, int index) {
    if (layer instanceof Convolution convolution) {
      boolean last = model.layers().get(index + 1) instanceof GlobalAveragePool;
      convolution(convolution, weights, last ? memory.data_type.f32 : type);
    } else if (layer instanceof GlobalAveragePool pool) {
      pool(pool.where(), other(current.slot()));
    } else if (layer instanceof SqueezeExcitation gate) {
      squeezeExcitation(gate, weights);
    } else if (layer instanceof Dense dense) {
      dense(dense, weights);
    }
  }

  private void convolution(Convolution layer, LayerWeights weights, memory.data_type result) {
    long[] output = outputShape(layer);
    Weighted numbers = new Weighted(weights.tensors().get(1), weights.tensors().get(0));
    After after = layer.relu() ? After.RELU : After.NOTHING;
    convolve(
        new Shapes(output, layer.window(), result),
        numbers,
        after,
        layer.where(),
        Optional.empty());
  }

  private record Weighted(WeightTensor weight, WeightTensor bias) {}

  private record Shapes(long[] output, Window window, memory.data_type result) {}

  /** From the current activation into {@code target}, or the other buffer where that is empty. */
  private void convolve(
      Shapes shapes, Weighted numbers, After after, String name, Optional<Slot> target) {
    long[] stride = pair(shapes.window().stride());
    long[] padding = pair(shapes.window().padding());
    convolution_forward.desc description =
        new convolution_forward.desc(
            dnnl.prop_kind.forward_inference,
            dnnl.algorithm.convolution_direct,
            OneDnn.any(type, shape),
            OneDnn.any(type, numbers.weight().dims()),
            OneDnn.plain(memory.data_type.f32, shapes.output()[1]),
            OneDnn.any(shapes.result(), shapes.output()),
            stride,
            padding,
            padding);
    convolution_forward.primitive_desc chosen =
        new convolution_forward.primitive_desc(description, after.attributes(), oneDnn.cpu());
    Operand.At source = inLayout(current, chosen.src_desc());
    Map<Integer, Operand> operands = weighted(chosen, numbers);
    operands.put(dnnl.DNNL_ARG_SRC, source);
    Slot result = target.orElse(other(source.slot()));
    step(name, new convolution_forward(chosen), chosen, operands, result);
    shape = shapes.output();
  }

  private void squeezeExcitation(SqueezeExcitation layer, LayerWeights weights) {
    Operand.At image = current;
    long[] imageShape = shape;
    Window point = new Window(1, 1, 0);
    List<WeightTensor> arrays = weights.tensors();
    pool(layer.where(), Slot.GATE);
    convolve(
        new Shapes(new long[] {shape[0], layer.squeezed(), 1, 1}, point, type),
        new Weighted(arrays.get(1), arrays.get(0)),
        After.RELU,
        layer.where(),
        Optional.of(Slot.SQUEEZED));
    convolve(
        new Shapes(new long[] {shape[0], layer.channels(), 1, 1}, point, type),
        new Weighted(arrays.get(3), arrays.get(2)),
        After.SIGMOID,
        layer.where(),
        Optional.of(Slot.GATE));
    scale(layer, image);
    shape = imageShape;
  }

  /** The image times the current gate [N, C, 1, 1]. */
  private void scale(SqueezeExcitation layer, Operand.At image) {
    After after = layer.relu() ? After.RELU : After.NOTHING;
    Operand.At gate = current;
    binary.primitive_desc chosen = product(image.layout(), gate.layout(), after);
    if (isReference(chosen)) {
      memory.desc blocked = blocked(image.layout());
      memory.desc blockedGate = blocked(gate.layout());
      binary.primitive_desc other = product(blocked, blockedGate, after);
      if (!isReference(other)) {
        chosen = other;
        image = inLayout(image, blocked);
        gate = inLayout(gate, blockedGate);
      }
    }
    Map<Integer, Operand> operands = new LinkedHashMap<>();
    operands.put(dnnl.DNNL_ARG_SRC_0, image);
    operands.put(dnnl.DNNL_ARG_SRC_1, gate);
    step(layer.where(), new binary(chosen), chosen, operands, other(image.slot()));
  }

  private binary.primitive_desc product(memory.desc image, memory.desc gate, After after) {
    return new binary.primitive_desc(
        new binary.desc(dnnl.algorithm.binary_mul, image, gate, image),
        after.attributes(),
        oneDnn.cpu());
  }

  /**
   * Whether oneDNN has no generated code for it: with channels last and large images of few
   * channels, such as the first block's, and then a hundred times slower.
   */
  private static boolean isReference(binary.primitive_desc chosen) {
    return chosen.impl_info_str().getString().startsWith("ref");
  }

  private static memory.desc blocked(memory.desc layout) {
    return new memory.desc(layout.dims(), layout.data_type(), memory.format_tag.nChw16c);
  }

  private long[] outputShape(Convolution layer) {
    if (shape[1] != layer.in()) {
      throw new UnsupportedLayerException(
          layer.where(),
          "takes " + layer.in() + " channels, got " + shape[1],
          "give images of " + layer.in() + " channels");
    }
    int height = layer.window().output((int) shape[2]);
    int width = layer.window().output((int) shape[3]);
    if (height < 1 || width < 1) {
      throw new UnsupportedLayerException(
          layer.where(),
          "an image of " + shape[2] + " x " + shape[3] + " is too small for it",
          "give larger images");
    }
    return new long[] {shape[0], layer.out(), height, width};
  }

  private void pool(String name, Slot target) {
    long[] output = {shape[0], shape[1], 1, 1};
    long[] window = {shape[2], shape[3]};
    pooling_forward.desc description =
        new pooling_forward.desc(
            dnnl.prop_kind.forward_inference,
            dnnl.algorithm.pooling_avg_exclude_padding,
            current.layout(),
            OneDnn.any(current.layout().data_type(), output),
            window,
            window,
            pair(0),
            pair(0));
    pooling_forward.primitive_desc chosen =
        new pooling_forward.primitive_desc(description, After.NOTHING.attributes(), oneDnn.cpu());
    Map<Integer, Operand> operands = new LinkedHashMap<>();
    operands.put(dnnl.DNNL_ARG_SRC, current);
    step(name, new pooling_forward(chosen), chosen, operands, target);
    shape = output;
  }

  private void dense(Dense layer, LayerWeights weights) {
    Weighted numbers = new Weighted(weights.tensors().get(0), weights.tensors().get(1));
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
    Operand.At source = inLayout(current, chosen.src_desc());
    Map<Integer, Operand> operands = weighted(chosen, numbers);
    operands.put(dnnl.DNNL_ARG_SRC, source);
    step(layer.where(), new inner_product_forward(chosen), chosen, operands, Slot.OUTPUT);
  }

  private static Map<Integer, Operand> weighted(primitive_desc_base chosen, Weighted numbers) {
    Map<Integer, Operand> operands = new LinkedHashMap<>();
    operands.put(
        dnnl.DNNL_ARG_WEIGHTS, new Operand.Fixed(numbers.weight().in(chosen.weights_desc())));
    operands.put(dnnl.DNNL_ARG_BIAS, new Operand.Fixed(numbers.bias().in(chosen.weights_desc(1))));
    return operands;
  }

  /** An activation in the layout asked for, reordered where it has another one. */
  private Operand.At inLayout(Operand.At from, memory.desc wanted) {
    if (from.layout().equals(wanted)) {
      return from;
    }
    reorder.primitive_desc chosen =
        new reorder.primitive_desc(
            oneDnn.cpu(), from.layout(), oneDnn.cpu(), wanted, After.NOTHING.attributes(), false);
    Map<Integer, Operand> operands = new LinkedHashMap<>();
    operands.put(dnnl.DNNL_ARG_FROM, from);
    step("reorder", new reorder(chosen), chosen, operands, other(from.slot()));
    return current;
  }

  private void step(
      String name,
      primitive code,
      primitive_desc_base chosen,
      Map<Integer, Operand> operands,
      Slot target) {
    Operand.At result = at(target, chosen.dst_desc());
    operands.put(dnnl.DNNL_ARG_DST, result);
    operands.put(dnnl.DNNL_ARG_SCRATCHPAD, at(Slot.SCRATCHPAD, chosen.scratchpad_desc()));
    String implementation = chosen.impl_info_str().getString();
    steps.add(new Step(name, owned.keep(code), implementation, operands));
    current = result;
  }

  private Operand.At at(Slot slot, memory.desc layout) {
    return new Operand.At(slot, owned.keep(layout));
  }

  private static Slot other(Slot slot) {
    return switch (slot) {
      case LEFT -> Slot.RIGHT;
      case GATE, SQUEEZED -> Slot.RELAID;
      default -> Slot.LEFT;
    };
  }

  private static long[] pair(long side) {
    return new long[] {side, side};
  }
}
