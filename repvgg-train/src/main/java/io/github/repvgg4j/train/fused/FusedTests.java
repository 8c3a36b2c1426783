package io.github.repvgg4j.train.fused;

import io.github.repvgg4j.array.HostMemory;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.train.loop.TestNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tests by the fast runtime in FP32, where there is enough to be tested: fused, a network looks at
 * images some times as fast as layer by layer.
 *
 * @param input shape of one image
 * @param wanted false for Deeplearning4j in any case, which is so on a card anyway
 */
public record FusedTests(InputShape input, boolean wanted) {

  private static final Logger LOG = LoggerFactory.getLogger(FusedTests.class);

  /** About a thousand images of 32 x 32; fewer are looked at before there is a fused form. */
  private static final long PIXELS = 1L << 20;

  /**
   * A network for a test.
   *
   * @param images that it will see
   * @return closed by the caller, before the graph's parameters change
   */
  public TestNetwork network(ComputationGraph graph, long images) {
    if (wanted && !HostMemory.isOnDevice() && images * input.height() * input.width() >= PIXELS) {
      try {
        return fast(graph);
      } catch (RuntimeException e) {
        // Such as weights that have diverged; the test itself is to tell.
        LOG.info("tested layer by layer: {}", e.getMessage());
      }
    }
    return TestNetwork.of(graph);
  }

  private TestNetwork fast(ComputationGraph graph) {
    Head head = Head.of(graph).get(0);
    FastNetwork fast = FusedForm.of(graph, input).fast(RuntimeOptions.of(Precision.FP32));
    return new TestNetwork() {
      @Override
      public float[] logits(float[] images, long[] shape) {
        return fast.logits(
            images,
            Math.toIntExact(shape[0]),
            new InputShape((int) shape[1], (int) shape[2], (int) shape[3]));
      }

      @Override
      public Head head() {
        return head;
      }

      @Override
      public String description() {
        return fast.description();
      }

      @Override
      public void close() {
        fast.close();
      }
    };
  }
}
