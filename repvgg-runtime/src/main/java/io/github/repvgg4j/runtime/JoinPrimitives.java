package io.github.repvgg4j.runtime;

import io.github.repvgg4j.runtime.FastLayer.Concatenation;
import io.github.repvgg4j.runtime.FastLayer.Pointwise;
import io.github.repvgg4j.runtime.FastLayer.Sum;
import io.github.repvgg4j.runtime.PlanTensors.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.softmax_forward;

/** Primitives between the convolutions: sums, products, concatenation, and functions by element. */
final class JoinPrimitives {

  private static final int BLOCK = 16;

  private final OneDnn oneDnn;
  private final PlanTensors tensors;

  JoinPrimitives(OneDnn oneDnn, PlanTensors tensors) {
    this.oneDnn = oneDnn;
    this.tensors = tensors;
  }

  /** One after the other, all in the layout of the first; the last with the function. */
  Tensor sum(Sum layer, List<Tensor> read) {
    for (Tensor tensor : read) {
      if (!Arrays.equals(tensor.shape(), read.get(0).shape())) {
        throw new UnsupportedLayerException(
            layer.where(),
            "adds "
                + Arrays.toString(read.get(0).shape())
                + " and "
                + Arrays.toString(tensor.shape()),
            "run this network with Deeplearning4j (--engine dl4j)");
      }
    }
    memory.desc layout = safe(read.get(0).layout());
    Tensor sum = tensors.inLayout(read.get(0), layout);
    for (int i = 1; i < read.size(); i++) {
      Tensor other = tensors.inLayout(read.get(i), layout);
      boolean last = i == read.size() - 1;
      After after = last ? layer.after() : After.NOTHING;
      sum = binary(layer.where(), dnnl.algorithm.binary_add, List.of(sum, other), after);
    }
    return sum;
  }

  /** The image times a gate [N, C, 1, 1]. */
  Tensor product(String name, Tensor image, Tensor gate, After after) {
    memory.desc layout = safe(image.layout());
    binary.primitive_desc chosen = plan(dnnl.algorithm.binary_mul, layout, gate.layout(), after);
    memory.desc gateLayout = gate.layout();
    if (!layout.equals(image.layout()) || isReference(chosen)) {
      memory.desc blocked = blocked(image.layout());
      memory.desc blockedGate = blocked(gate.layout());
      if (!isReference(plan(dnnl.algorithm.binary_mul, blocked, blockedGate, after))) {
        layout = blocked;
        gateLayout = blockedGate;
      }
    }
    return binary(
        name,
        dnnl.algorithm.binary_mul,
        List.of(tensors.inLayout(image, layout), tensors.inLayout(gate, gateLayout)),
        after);
  }

  /**
   * Whether oneDNN has no generated code for it: with channels last and large images of few
   * channels, such as the first block's, and then a hundred times slower.
   */
  private static boolean isReference(binary.primitive_desc chosen) {
    return chosen.impl_info_str().getString().startsWith("ref");
  }

  private static memory.desc blocked(memory.desc layout) {
    return new memory.desc(OneDnn.dims(layout), layout.data_type(), memory.format_tag.nChw16c);
  }

  /**
   * With channels in blocks of 8, oneDNN 2.5.2's binary primitive for AVX-512 writes beyond the end
   * of its result unless the blocks come in pairs: such an image goes into blocks of 16.
   */
  private static memory.desc safe(memory.desc layout) {
    long[] dims = OneDnn.dims(layout);
    boolean unpaired = dims.length == 4 && dims[1] % BLOCK != 0;
    return unpaired && layout.equals(eights(layout)) ? blocked(layout) : layout;
  }

  private static memory.desc eights(memory.desc layout) {
    return new memory.desc(OneDnn.dims(layout), layout.data_type(), memory.format_tag.nChw8c);
  }

  private binary.primitive_desc plan(
      dnnl.algorithm algorithm, memory.desc first, memory.desc second, After after) {
    return new binary.primitive_desc(
        new binary.desc(algorithm, first, second, first), after.attributes(), oneDnn.cpu());
  }

  private Tensor binary(String name, dnnl.algorithm algorithm, List<Tensor> read, After after) {
    binary.primitive_desc chosen =
        plan(algorithm, read.get(0).layout(), read.get(1).layout(), after);
    Map<Integer, Tensor> sources = new LinkedHashMap<>();
    sources.put(dnnl.DNNL_ARG_SRC_0, read.get(0));
    sources.put(dnnl.DNNL_ARG_SRC_1, read.get(1));
    return tensors.add(name, new binary(chosen), chosen, sources, Map.of());
  }

  /** Along the channels: in blocks of 16 where all fill theirs, else with channels last. */
  Tensor concatenation(Concatenation layer, List<Tensor> read) {
    long[] whole = read.get(0).shape();
    whole[1] = 0;
    for (Tensor tensor : read) {
      long[] shape = tensor.shape();
      whole[1] += shape[1];
      if (shape[2] != whole[2] || shape[3] != whole[3]) {
        throw new UnsupportedLayerException(
            layer.where(),
            "joins images of different size",
            "run this network with Deeplearning4j (--engine dl4j)");
      }
    }
    boolean blocks = read.stream().allMatch(tensor -> tensor.shape()[1] % BLOCK == 0);
    memory.format_tag tag = blocks ? memory.format_tag.nChw16c : memory.format_tag.nhwc;
    memory.desc layout = new memory.desc(whole, read.get(0).layout().data_type(), tag);
    return tensors.join(layer.where(), layout, read);
  }

  Tensor pointwise(Pointwise layer, Tensor read) {
    eltwise_forward.primitive_desc chosen =
        new eltwise_forward.primitive_desc(
            new eltwise_forward.desc(
                dnnl.prop_kind.forward_inference,
                layer.function().function(),
                read.layout(),
                layer.function().alpha(),
                0f),
            After.NOTHING.attributes(),
            oneDnn.cpu());
    return tensors.add(
        layer.where(),
        new eltwise_forward(chosen),
        chosen,
        Map.of(dnnl.DNNL_ARG_SRC, read),
        Map.of());
  }

  /** Over the channels. */
  Tensor softmax(String name, Tensor read) {
    softmax_forward.primitive_desc chosen =
        new softmax_forward.primitive_desc(
            new softmax_forward.desc(dnnl.prop_kind.forward_inference, read.layout(), 1),
            After.NOTHING.attributes(),
            oneDnn.cpu());
    return tensors.add(
        name, new softmax_forward(chosen), chosen, Map.of(dnnl.DNNL_ARG_SRC, read), Map.of());
  }
}
