package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.Cpu;
import io.github.repvgg4j.onednn.Layout;
import org.bytedeco.dnnl.global.dnnl;

/** The same numbers in another layout or data type. */
public record Reorder(Layout from, Layout to) {

  /** Reads SOURCE, writes TARGET. */
  public Primitive forward() {
    return forward(Attributes.NOTHING);
  }

  /** The same, scaled on the way: from or to integers. */
  public Primitive forward(Attributes.Scaled scaled) {
    return forward(Attributes.of(scaled, After.NOTHING));
  }

  private Primitive forward(Attributes wanted) {
    return Primitive.planned(
        "reorder",
        wanted,
        (chosen, attributes) ->
            dnnl.dnnl_reorder_primitive_desc_create(
                chosen, from.describe(), Cpu.engine(), to.describe(), Cpu.engine(), attributes));
  }
}
