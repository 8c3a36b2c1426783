package io.github.repvgg4j.runtime;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/**
 * What a primitive does to its result before it writes it, number by number.
 *
 * @param function null for nothing
 * @param alpha the function's parameter: slope below zero of a ReLU, upper bound of a bounded one
 */
record After(dnnl.algorithm function, float alpha) {

  static final After NOTHING = new After(null, 0);
  static final After RELU = new After(dnnl.algorithm.eltwise_relu, 0);
  static final After SIGMOID = new After(dnnl.algorithm.eltwise_logistic, 0);
  static final After TANH = new After(dnnl.algorithm.eltwise_tanh, 0);
  static final After SWISH = new After(dnnl.algorithm.eltwise_swish, 1);

  static After relu(double slope) {
    return new After(dnnl.algorithm.eltwise_relu, (float) slope);
  }

  static After relu6() {
    return new After(dnnl.algorithm.eltwise_bounded_relu, 6);
  }

  static After elu(double alpha) {
    return new After(dnnl.algorithm.eltwise_elu, (float) alpha);
  }

  boolean isNothing() {
    return function == null;
  }

  /** Attributes of a primitive whose working memory comes from the caller. */
  primitive_attr attributes() {
    primitive_attr attributes = new primitive_attr();
    attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
    if (!isNothing()) {
      post_ops operations = new post_ops();
      operations.append_eltwise(1f, function, alpha, 0f);
      attributes.set_post_ops(operations);
    }
    return attributes;
  }
}
