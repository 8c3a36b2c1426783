package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.Layout;
import org.bytedeco.dnnl.dnnl_eltwise_desc_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.PointerScope;

/** A function over an array; source and target lie alike and may be the same memory. */
public record Pointwise(Function function, Layout layout) {

  /** Reads SOURCE, writes TARGET. */
  public Primitive forward(Purpose purpose) {
    return forward(purpose, function.kind().algorithm());
  }

  private Primitive forward(Purpose purpose, int algorithm) {
    try (PointerScope scope = new PointerScope()) {
      dnnl_eltwise_desc_t made = new dnnl_eltwise_desc_t();
      int status =
          dnnl.dnnl_eltwise_forward_desc_init(
              made, purpose.number(), algorithm, layout.describe(), function.alpha(), 0f);
      return Primitive.of(function.kind().toString(), status, made, After.NOTHING, null);
    }
  }

  /**
   * The gradient of a ReLU, from what it gave: reads TARGET (0 where it cut off) and
   * TARGET_GRADIENT, writes SOURCE_GRADIENT, which may be the latter's memory.
   */
  public static Primitive reluBackward(Layout layout) {
    int algorithm = dnnl.dnnl_eltwise_relu_use_dst_for_bwd;
    try (PointerScope scope = new PointerScope();
        Primitive forward =
            new Pointwise(Function.RELU, layout).forward(Purpose.TRAINING, algorithm)) {
      dnnl_eltwise_desc_t made = new dnnl_eltwise_desc_t();
      int status =
          dnnl.dnnl_eltwise_backward_desc_init(
              made, algorithm, layout.describe(), layout.describe(), 0f, 0f);
      return Primitive.of("ReLU's gradient", status, made, After.NOTHING, forward);
    }
  }
}
