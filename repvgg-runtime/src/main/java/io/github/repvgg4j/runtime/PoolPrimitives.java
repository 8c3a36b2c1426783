package io.github.repvgg4j.runtime;

import io.github.repvgg4j.runtime.FastLayer.Pool;
import io.github.repvgg4j.runtime.FastLayer.Window;
import io.github.repvgg4j.runtime.PlanTensors.Tensor;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.pooling_forward;

/** Maxima and averages of windows, and of whole images. */
final class PoolPrimitives {

  private final OneDnn oneDnn;
  private final PlanTensors tensors;

  PoolPrimitives(OneDnn oneDnn, PlanTensors tensors) {
    this.oneDnn = oneDnn;
    this.tensors = tensors;
  }

  /** The average of each channel: {@code [N, C, 1, 1]}. */
  Tensor global(String name, Tensor read) {
    long[] shape = read.shape();
    long[] window = {shape[2], shape[3]};
    long[] output = {shape[0], shape[1], 1, 1};
    return pool(
        name,
        dnnl.algorithm.pooling_avg_exclude_padding,
        new Pooling(output, window, window),
        read);
  }

  Tensor windows(Pool layer, Tensor read) {
    Window window = layer.window();
    long[] shape = read.shape();
    return pool(
        layer.where(),
        layer.kind() == Pool.Kind.MAX
            ? dnnl.algorithm.pooling_max
            : dnnl.algorithm.pooling_avg_exclude_padding,
        new Pooling(
            window.output(layer.where(), shape, (int) shape[1]),
            new long[] {window.kernel(), window.kernel()},
            new long[] {window.stride(), window.stride()}),
        read);
  }

  private record Pooling(long[] output, long[] kernel, long[] stride) {}

  private Tensor pool(String name, dnnl.algorithm algorithm, Pooling pooling, Tensor read) {
    long[] none = {0, 0};
    pooling_forward.desc description =
        new pooling_forward.desc(
            dnnl.prop_kind.forward_inference,
            algorithm,
            read.layout(),
            OneDnn.any(read.layout().data_type(), pooling.output()),
            pooling.stride(),
            pooling.kernel(),
            none,
            none);
    pooling_forward.primitive_desc chosen =
        new pooling_forward.primitive_desc(description, After.NOTHING.attributes(), oneDnn.cpu());
    return tensors.add(
        name, new pooling_forward(chosen), chosen, Map.of(dnnl.DNNL_ARG_SRC, read), Map.of());
  }
}
