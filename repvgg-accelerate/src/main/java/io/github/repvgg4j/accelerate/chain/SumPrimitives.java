package io.github.repvgg4j.accelerate.chain;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import io.github.repvgg4j.accelerate.helper.OneDnn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;

/** Sums of equal layouts in one pass over memory, and ReLU. */
final class SumPrimitives {

  private SumPrimitives() {}

  /** {@code result = relu(sum of sources)}, or the sum alone; result may be one of the sources. */
  static void sum(
      Tape tape,
      String name,
      memory.desc layout,
      List<memory> sources,
      boolean relu,
      memory result) {
    if (sources.size() == 1) {
      relu(tape, name, layout, sources.get(0), result);
      return;
    }
    int further = sources.size() - 2;
    binary.primitive_desc plan =
        new binary.primitive_desc(
            new binary.desc(dnnl.algorithm.binary_add.value, layout, layout, layout),
            Layouts.then(layout, further, relu),
            OneDnn.cpu());
    Map<Integer, memory> arguments = new LinkedHashMap<>();
    arguments.put(DNNL_ARG_SRC_0, sources.get(0));
    arguments.put(DNNL_ARG_SRC_1, sources.get(1));
    for (int i = 0; i < further; i++) {
      arguments.put(Layouts.furtherSource(i), sources.get(i + 2));
    }
    arguments.put(DNNL_ARG_DST, result);
    tape.add(name, new binary(plan), arguments);
  }

  private static void relu(
      Tape tape, String name, memory.desc layout, memory source, memory result) {
    tape.add(
        name,
        new eltwise_forward(reluForward(layout, dnnl.algorithm.eltwise_relu)),
        Map.of(DNNL_ARG_SRC, source, DNNL_ARG_DST, result));
  }

  private static eltwise_forward.primitive_desc reluForward(
      memory.desc layout, dnnl.algorithm algorithm) {
    return new eltwise_forward.primitive_desc(
        new eltwise_forward.desc(
            dnnl.prop_kind.forward_training.value, algorithm.value, layout, 0f, 0f),
        OneDnn.cpu());
  }

  /**
   * Gradient through a ReLU.
   *
   * @param result what the ReLU gave; 0 where it cut off
   * @param gradient of the result
   * @param written may be the same memory as the gradient
   */
  static void reluBackward(
      Tape tape, String name, memory.desc layout, memory result, memory gradient, memory written) {
    dnnl.algorithm algorithm = dnnl.algorithm.eltwise_relu_use_dst_for_bwd;
    eltwise_backward.primitive_desc plan =
        new eltwise_backward.primitive_desc(
            new eltwise_backward.desc(algorithm.value, layout, layout, 0f, 0f),
            OneDnn.cpu(),
            reluForward(layout, algorithm));
    tape.add(
        name,
        new eltwise_backward(plan),
        Map.of(DNNL_ARG_DST, result, DNNL_ARG_DIFF_DST, gradient, DNNL_ARG_DIFF_SRC, written));
  }
}
