package io.github.repvgg4j.accelerate.chain;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/**
 * Layouts of a plan's memory.
 *
 * @param type of activations and of the weights' working copies
 * @param tag layout of all activations
 */
record Layouts(memory.data_type type, memory.format_tag tag) {

  memory.desc activation(long[] dims) {
    return new memory.desc(dims, type, tag);
  }

  memory.desc any(long[] dims) {
    return any(type, dims);
  }

  static memory.desc any(memory.data_type type, long[] dims) {
    return new memory.desc(dims, type, memory.format_tag.any);
  }

  static memory.desc vector(long length) {
    return new memory.desc(new long[] {length}, memory.data_type.f32, memory.format_tag.x);
  }

  /** Float32 {@code [N, C, H, W]} as ND4J has it. */
  static memory.desc images(long[] dims) {
    return new memory.desc(dims, memory.data_type.f32, memory.format_tag.nchw);
  }

  /** Float32 weights as Deeplearning4j has them. */
  static memory.desc weights(long[] dims) {
    return new memory.desc(
        dims,
        memory.data_type.f32,
        dims.length == 5 ? memory.format_tag.goihw : memory.format_tag.oihw);
  }

  /** Adds further sources to a primitive's result, then a ReLU if asked for. */
  static primitive_attr then(memory.desc further, int count, boolean relu) {
    post_ops operations = new post_ops();
    for (int i = 0; i < count; i++) {
      operations.append_binary(dnnl.algorithm.binary_add, further);
    }
    if (relu) {
      operations.append_eltwise(1f, dnnl.algorithm.eltwise_relu, 0f, 0f);
    }
    primitive_attr attributes = new primitive_attr();
    attributes.set_post_ops(operations);
    return attributes;
  }

  /** The argument number of the source of binary operation {@code index} in {@link #then}. */
  static int furtherSource(int index) {
    return dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (index + 1) | dnnl.DNNL_ARG_SRC_1;
  }
}
