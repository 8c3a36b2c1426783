package io.github.repvgg4j.accelerate.chain;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;

import io.github.repvgg4j.accelerate.chain.ChainNode.Norm;
import io.github.repvgg4j.accelerate.helper.OneDnn;
import java.util.Map;
import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;

/** The primitives of one BatchNorm in training, which also find the batch's statistics. */
final class NormPrimitives {

  private static final int AFFINE =
      dnnl.normalization_flags.use_scale.value | dnnl.normalization_flags.use_shift.value;

  private final Norm node;
  private final Activation source;
  private final batch_normalization_forward.primitive_desc forward;

  /**
   * What the primitives read and write beside activations, all vectors.
   *
   * @param gamma read
   * @param beta read
   * @param mean of the batch, written forward and read backward
   * @param variance of the batch (biased), likewise
   */
  record Vectors(memory gamma, memory beta, memory mean, memory variance) {}

  NormPrimitives(Norm node, Activation source) {
    this.node = node;
    this.source = source;
    this.forward =
        new batch_normalization_forward.primitive_desc(
            new batch_normalization_forward.desc(
                dnnl.prop_kind.forward_training.value, source.layout(), (float) node.eps(), AFFINE),
            OneDnn.cpu());
  }

  boolean isFast() {
    return forward.impl_info_str().getString().contains("jit");
  }

  void forward(Tape tape, Vectors vectors, memory result) {
    tape.add(
        node.name(),
        new batch_normalization_forward(forward),
        Map.of(
            DNNL_ARG_SRC, source.value(),
            DNNL_ARG_SCALE, vectors.gamma,
            DNNL_ARG_SHIFT, vectors.beta,
            DNNL_ARG_MEAN, vectors.mean,
            DNNL_ARG_VARIANCE, vectors.variance,
            DNNL_ARG_DST, result));
  }

  /**
   * @param gradient of the result
   * @param gammaGradient written
   * @param betaGradient written
   * @return the source's gradient, in new memory
   */
  Arena.Lease backward(
      Tape tape, Vectors vectors, memory gradient, memory gammaGradient, memory betaGradient) {
    batch_normalization_backward.primitive_desc plan =
        new batch_normalization_backward.primitive_desc(
            new batch_normalization_backward.desc(
                dnnl.prop_kind.backward.value,
                source.layout(),
                source.layout(),
                (float) node.eps(),
                AFFINE),
            OneDnn.cpu(),
            forward);
    Arena.Lease result = tape.arena().take(source.layout());
    tape.add(
        node.name(),
        new batch_normalization_backward(plan),
        Map.of(
            DNNL_ARG_SRC,
            source.value(),
            DNNL_ARG_DIFF_DST,
            gradient,
            DNNL_ARG_MEAN,
            vectors.mean,
            DNNL_ARG_VARIANCE,
            vectors.variance,
            DNNL_ARG_SCALE,
            vectors.gamma,
            DNNL_ARG_SHIFT,
            vectors.beta,
            DNNL_ARG_DIFF_SRC,
            result.memory(),
            DNNL_ARG_DIFF_SCALE,
            gammaGradient,
            DNNL_ARG_DIFF_SHIFT,
            betaGradient));
    return result;
  }
}
