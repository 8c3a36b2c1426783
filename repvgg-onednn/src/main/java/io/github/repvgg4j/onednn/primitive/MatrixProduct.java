package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.Layout;
import org.bytedeco.dnnl.dnnl_matmul_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * {@code target = source weights}.
 *
 * @param source {@code [m, k]}
 * @param weights {@code [k, n]}
 * @param target {@code [m, n]}
 */
public record MatrixProduct(Layout source, Layout weights, Layout target) {

  /** Reads SOURCE and WEIGHTS, writes TARGET. */
  public Primitive forward() {
    return forward(After.NOTHING);
  }

  /** Reads SOURCE and WEIGHTS, writes TARGET. */
  public Primitive forward(After after) {
    return Primitive.of(
        "matrix product",
        new dnnl_matmul_desc_t(),
        made ->
            dnnl.dnnl_matmul_desc_init(
                made, source.describe(), weights.describe(), null, target.describe()),
        after,
        null);
  }
}
