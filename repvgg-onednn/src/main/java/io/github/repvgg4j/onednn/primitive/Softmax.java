package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.Layout;
import org.bytedeco.dnnl.dnnl_softmax_desc_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.PointerScope;

/**
 * Softmax along one axis.
 *
 * @param layout of source and target
 */
public record Softmax(Layout layout, int axis) {

  /** Reads SOURCE, writes TARGET. */
  public Primitive forward(Purpose purpose) {
    try (PointerScope scope = new PointerScope()) {
      dnnl_softmax_desc_t made = new dnnl_softmax_desc_t();
      int status =
          dnnl.dnnl_softmax_forward_desc_init(made, purpose.number(), layout.describe(), axis);
      return Primitive.of("softmax", status, made, After.NOTHING, null);
    }
  }
}
