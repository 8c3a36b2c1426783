package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;

class ZeroReferenceTest {

  @Test
  void aSelfCheckAgainstZerosProvesNothing() {
    RepVggSpec spec =
        RepVggSpec.of(List.of(1, 1, 1, 1), List.of(8, 8, 8, 8, 8), 3, InputShape.square(16));
    MultiLayerNetwork network = FusedNetworks.of(spec, 1);
    network.params().assign(0);
    assertThatThrownBy(
            () -> FastNetwork.of(network, spec.input(), RuntimeOptions.of(Precision.FP32)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("zero throughout");
  }
}
