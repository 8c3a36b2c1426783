package io.github.repvgg4j.deploy.runtime;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/** What a primitive does to its result before it writes it. */
enum After {
  NOTHING,
  RELU,
  SIGMOID;

  /** Attributes of a primitive whose working memory comes from the caller. */
  primitive_attr attributes() {
    primitive_attr attributes = new primitive_attr();
    attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
    if (this != NOTHING) {
      post_ops operations = new post_ops();
      operations.append_eltwise(
          1f, this == RELU ? dnnl.algorithm.eltwise_relu : dnnl.algorithm.eltwise_logistic, 0f, 0f);
      attributes.set_post_ops(operations);
    }
    return attributes;
  }
}
