package io.github.repvgg4j.accelerate.chain;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import io.github.repvgg4j.accelerate.helper.OneDnn;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;

/** Global average pooling between the chain's layout and a plain float32 {@code [N, C]}. */
final class PoolPrimitives {

  private static final int AVERAGE = dnnl.algorithm.pooling_avg_exclude_padding.value;
  private static final long[] NO_PADDING = {0, 0};

  private final String name;
  private final Activation source;
  private final memory.desc pooled;
  private final long[] window;
  private final pooling_forward.primitive_desc forward;

  PoolPrimitives(String name, Layouts layouts, Activation source) {
    this.name = name;
    this.source = source;
    long[] dims = source.dims();
    this.window = new long[] {dims[2], dims[3]};
    this.pooled = layouts.activation(new long[] {dims[0], dims[1], 1, 1});
    this.forward =
        new pooling_forward.primitive_desc(
            new pooling_forward.desc(
                dnnl.prop_kind.forward_training.value,
                AVERAGE,
                source.layout(),
                pooled,
                window,
                window,
                NO_PADDING,
                NO_PADDING),
            OneDnn.cpu());
  }

  /**
   * @param features float32 {@code [N, C, 1, 1]}, written
   */
  void forward(Tape tape, memory features) {
    Arena.Lease own = tape.arena().take(pooled);
    tape.add(
        name,
        new pooling_forward(forward),
        Map.of(DNNL_ARG_SRC, source.value(), DNNL_ARG_DST, own.memory()));
    tape.copy(name, own.memory(), features);
    own.release();
  }

  /** The source's gradient, in new memory. */
  Arena.Lease backward(Tape tape, memory featureGradient) {
    pooling_backward.primitive_desc plan =
        new pooling_backward.primitive_desc(
            new pooling_backward.desc(
                AVERAGE, source.layout(), pooled, window, window, NO_PADDING, NO_PADDING),
            OneDnn.cpu(),
            forward);
    Arena.Lease own = tape.arena().take(pooled);
    tape.copy(name, featureGradient, own.memory());
    Arena.Lease result = tape.arena().take(source.layout());
    tape.add(
        name,
        new pooling_backward(plan),
        Map.of(DNNL_ARG_DIFF_DST, own.memory(), DNNL_ARG_DIFF_SRC, result.memory()));
    own.release();
    return result;
  }
}
