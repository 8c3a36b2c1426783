package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.Layout;
import org.bytedeco.dnnl.dnnl_softmax_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Softmax along one axis.
 *
 * @param layout of source and target
 */
public record Softmax(Layout layout, int axis) {

  /** Reads SOURCE, writes TARGET. */
  public Primitive forward(Purpose purpose) {
    return Primitive.of(
        "softmax",
        new dnnl_softmax_desc_t(),
        made ->
            dnnl.dnnl_softmax_forward_desc_init(made, purpose.number(), layout.describe(), axis));
  }
}
