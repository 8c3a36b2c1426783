package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.Layout;
import org.bytedeco.dnnl.dnnl_eltwise_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/** A function over an array; source and target lie alike and may be the same memory. */
public record Pointwise(Function function, Layout layout) {

  /** Reads SOURCE, writes TARGET. */
  public Primitive forward(Purpose purpose) {
    return forward(purpose, function.kind().algorithm());
  }

  private Primitive forward(Purpose purpose, int algorithm) {
    return Primitive.of(
        function.kind().toString(),
        new dnnl_eltwise_desc_t(),
        made ->
            dnnl.dnnl_eltwise_forward_desc_init(
                made, purpose.number(), algorithm, layout.describe(), function.alpha(), 0f));
  }

  /**
   * The gradient of a ReLU, from what it gave: reads TARGET (0 where it cut off) and
   * TARGET_GRADIENT, writes SOURCE_GRADIENT, which may be the latter's memory.
   */
  public static Primitive reluBackward(Layout layout) {
    int algorithm = dnnl.dnnl_eltwise_relu_use_dst_for_bwd;
    try (Primitive forward =
        new Pointwise(Function.RELU, layout).forward(Purpose.TRAINING, algorithm)) {
      return Primitive.of(
          "ReLU's gradient",
          new dnnl_eltwise_desc_t(),
          made ->
              dnnl.dnnl_eltwise_backward_desc_init(
                  made, algorithm, layout.describe(), layout.describe(), 0f, 0f),
          After.NOTHING,
          forward);
    }
  }
}
