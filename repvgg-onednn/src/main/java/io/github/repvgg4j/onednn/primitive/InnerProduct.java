package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.Layout;
import org.bytedeco.dnnl.dnnl_inner_product_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * A dense layer over all axes of its source but the first.
 *
 * @param source {@code [N, in]} or {@code [N, C, H, W]}
 * @param weights {@code [out, in]} or {@code [out, C, H, W]}
 * @param bias {@code [out]}; null for none
 * @param target {@code [N, out]}
 */
public record InnerProduct(Layout source, Layout weights, Layout bias, Layout target) {

  /** Reads SOURCE, WEIGHTS and BIAS, writes TARGET. */
  public Primitive forward(Purpose purpose, After after) {
    return forward(purpose, Attributes.of(after));
  }

  /** The same of integers: weights S8, the bias S32 in units of the sums. */
  public Primitive forward(Purpose purpose, Attributes attributes) {
    return Primitive.of(
        "inner product",
        new dnnl_inner_product_desc_t(),
        made ->
            dnnl.dnnl_inner_product_forward_desc_init(
                made,
                purpose.number(),
                source.describe(),
                weights.describe(),
                bias == null ? null : bias.describe(),
                target.describe()),
        attributes,
        null);
  }
}
