package io.github.repvgg4j.accelerate.chain;

import static io.github.repvgg4j.accelerate.chain.Layouts.any;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.github.repvgg4j.accelerate.chain.ChainNode.Convolution;
import io.github.repvgg4j.accelerate.helper.OneDnn;
import java.util.Map;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;

/** The primitives of one convolution. */
final class ConvolutionPrimitives {

  private static final int DIRECT = dnnl.algorithm.convolution_direct.value;

  private final Convolution node;
  private final Layouts layouts;
  private final Activation source;
  private final long[] target;
  private final long[] weights;
  private final convolution_forward.primitive_desc forward;

  ConvolutionPrimitives(Convolution node, Layouts layouts, Activation source) {
    this.node = node;
    this.layouts = layouts;
    this.source = source;
    this.target = targetDims();
    this.weights = weightDims();
    this.forward =
        new convolution_forward.primitive_desc(
            new convolution_forward.desc(
                dnnl.prop_kind.forward_training.value,
                DIRECT,
                sourceLayout(),
                layouts.any(weights),
                layouts.activation(target),
                node.stride(),
                node.dilation(),
                node.padding(),
                node.padding()),
            OneDnn.cpu());
  }

  private memory.desc sourceLayout() {
    return source.isInput() ? layouts.any(source.dims()) : source.layout();
  }

  private long[] targetDims() {
    long[] dims = {source.dims()[0], node.out(), 0, 0};
    for (int i = 0; i < 2; i++) {
      long reach = (node.dilation()[i] + 1) * (node.kernel()[i] - 1) + 1;
      dims[2 + i] = (source.dims()[2 + i] + 2 * node.padding()[i] - reach) / node.stride()[i] + 1;
    }
    return dims;
  }

  private long[] weightDims() {
    long[] kernel = node.kernel();
    int groups = node.groups();
    return groups == 1
        ? new long[] {node.out(), node.in(), kernel[0], kernel[1]}
        : new long[] {groups, node.out() / groups, node.in() / groups, kernel[0], kernel[1]};
  }

  long[] target() {
    return target;
  }

  boolean isFast() {
    return forward.impl_info_str().getString().contains("jit");
  }

  /**
   * @param parameters the weights, in Deeplearning4j's layout
   * @param result written
   */
  void forward(Tape tape, memory parameters, memory result) {
    Tape.Copy image = tape.in(node.name(), source.value(), source.layout(), forward.src_desc());
    Tape.Copy kernel = kernel(tape, parameters, forward.weights_desc());
    tape.add(
        node.name(),
        new convolution_forward(forward),
        Map.of(
            DNNL_ARG_SRC, image.memory(),
            DNNL_ARG_WEIGHTS, kernel.memory(),
            DNNL_ARG_DST, result));
    image.release();
    kernel.release();
  }

  private Tape.Copy kernel(Tape tape, memory parameters, memory.desc wanted) {
    return tape.in(node.name(), parameters, Layouts.weights(weights), wanted);
  }

  memory.desc parameterLayout() {
    return Layouts.weights(weights);
  }

  /**
   * @param gradient of the result
   * @param weightGradient written, in Deeplearning4j's layout
   */
  void backwardWeights(Tape tape, memory gradient, memory weightGradient) {
    convolution_backward_weights.primitive_desc plan =
        new convolution_backward_weights.primitive_desc(
            new convolution_backward_weights.desc(
                DIRECT,
                sourceLayout(),
                any(memory.data_type.f32, weights),
                layouts.activation(target),
                node.stride(),
                node.dilation(),
                node.padding(),
                node.padding()),
            OneDnn.cpu(),
            forward);
    Tape.Copy image = tape.in(node.name(), source.value(), source.layout(), plan.src_desc());
    boolean direct = plan.diff_weights_desc().equals(parameterLayout());
    Arena.Lease own = direct ? null : tape.arena().take(plan.diff_weights_desc());
    memory written = direct ? weightGradient : own.memory();
    tape.add(
        node.name(),
        new convolution_backward_weights(plan),
        Map.of(
            DNNL_ARG_SRC, image.memory(),
            DNNL_ARG_DIFF_DST, gradient,
            DNNL_ARG_DIFF_WEIGHTS, written));
    if (own != null) {
      tape.copy(node.name(), written, weightGradient);
      own.release();
    }
    image.release();
  }

  /** The source's gradient, in new memory. */
  Arena.Lease backwardData(Tape tape, memory parameters, memory gradient) {
    convolution_backward_data.primitive_desc plan =
        new convolution_backward_data.primitive_desc(
            new convolution_backward_data.desc(
                DIRECT,
                source.layout(),
                layouts.any(weights),
                layouts.activation(target),
                node.stride(),
                node.dilation(),
                node.padding(),
                node.padding()),
            OneDnn.cpu(),
            forward);
    Tape.Copy kernel = kernel(tape, parameters, plan.weights_desc());
    Arena.Lease result = tape.arena().take(source.layout());
    tape.add(
        node.name(),
        new convolution_backward_data(plan),
        Map.of(
            DNNL_ARG_WEIGHTS, kernel.memory(),
            DNNL_ARG_DIFF_DST, gradient,
            DNNL_ARG_DIFF_SRC, result.memory()));
    kernel.release();
    return result;
  }
}
