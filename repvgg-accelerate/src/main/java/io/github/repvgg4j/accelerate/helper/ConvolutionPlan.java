package io.github.repvgg4j.accelerate.helper;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;

/** The three primitives of one convolution for one input shape; backward ones made when needed. */
final class ConvolutionPlan {

  private static final int DIRECT = dnnl.algorithm.convolution_direct.value;

  private final ConvolutionShape shape;
  private final convolution_forward.primitive_desc forwardDesc;
  private final Kernel forward;
  private Kernel backwardData;
  private Kernel backwardWeights;

  ConvolutionPlan(ConvolutionShape shape) {
    this.shape = shape;
    convolution_forward.desc desc =
        new convolution_forward.desc(
            dnnl.prop_kind.forward_training.value,
            DIRECT,
            Descriptors.any(shape.source()),
            Descriptors.any(shape.weights()),
            Descriptors.vector(shape.outputs()),
            Descriptors.any(shape.target()),
            shape.strides(),
            shape.dilation(),
            shape.padBefore(),
            shape.padAfter());
    this.forwardDesc = new convolution_forward.primitive_desc(desc, OneDnn.cpu());
    this.forward =
        new Kernel(new convolution_forward(forwardDesc))
            .input(DNNL_ARG_SRC, source(forwardDesc.src_desc()))
            .input(DNNL_ARG_WEIGHTS, weights(forwardDesc.weights_desc()))
            .input(DNNL_ARG_BIAS, vector())
            .output(DNNL_ARG_DST, target(forwardDesc.dst_desc()));
  }

  /** Runs on source, weights, bias, target. */
  Kernel forward() {
    return forward;
  }

  /** Runs on weights, target's gradient, source's gradient. */
  Kernel backwardData() {
    if (backwardData == null) {
      convolution_backward_data.desc desc =
          new convolution_backward_data.desc(
              DIRECT,
              Descriptors.any(shape.source()),
              Descriptors.any(shape.weights()),
              Descriptors.any(shape.target()),
              shape.strides(),
              shape.dilation(),
              shape.padBefore(),
              shape.padAfter());
      convolution_backward_data.primitive_desc plan =
          new convolution_backward_data.primitive_desc(desc, OneDnn.cpu(), forwardDesc);
      backwardData =
          new Kernel(new convolution_backward_data(plan))
              .input(DNNL_ARG_WEIGHTS, weights(plan.weights_desc()))
              .input(DNNL_ARG_DIFF_DST, target(plan.diff_dst_desc()))
              .output(DNNL_ARG_DIFF_SRC, source(plan.diff_src_desc()));
    }
    return backwardData;
  }

  /** Runs on source, target's gradient, weights' gradient, bias' gradient. */
  Kernel backwardWeights() {
    if (backwardWeights == null) {
      convolution_backward_weights.desc desc =
          new convolution_backward_weights.desc(
              DIRECT,
              Descriptors.any(shape.source()),
              Descriptors.any(shape.weights()),
              Descriptors.vector(shape.outputs()),
              Descriptors.any(shape.target()),
              shape.strides(),
              shape.dilation(),
              shape.padBefore(),
              shape.padAfter());
      convolution_backward_weights.primitive_desc plan =
          new convolution_backward_weights.primitive_desc(desc, OneDnn.cpu(), forwardDesc);
      backwardWeights =
          new Kernel(new convolution_backward_weights(plan))
              .input(DNNL_ARG_SRC, source(plan.src_desc()))
              .input(DNNL_ARG_DIFF_DST, target(plan.diff_dst_desc()))
              .output(DNNL_ARG_DIFF_WEIGHTS, weights(plan.diff_weights_desc()))
              .output(DNNL_ARG_DIFF_BIAS, vector());
    }
    return backwardWeights;
  }

  private Operand source(memory.desc wanted) {
    return new Operand(Descriptors.images(shape.source(), shape.format()), wanted);
  }

  private Operand target(memory.desc wanted) {
    return new Operand(Descriptors.images(shape.target(), shape.format()), wanted);
  }

  private Operand weights(memory.desc wanted) {
    return new Operand(Descriptors.of(shape.weights(), memory.format_tag.oihw), wanted);
  }

  private Operand vector() {
    return new Operand(Descriptors.vector(shape.outputs()), Descriptors.vector(shape.outputs()));
  }
}
