package io.github.repvgg4j.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnLayersTest {

  private static final RepVggSpec PLAIN =
      RepVggSpec.of(List.of(1, 2, 1, 1), List.of(16, 16, 16, 16, 16), 3, InputShape.square(32));

  @Test
  void plainNetworksNeedDeeplearning4jAlone() {
    assertThat(OwnLayers.namedIn(json(BlockOptions.PLAIN))).isEmpty();
  }

  @Test
  void groupedAndExcitationNetworksNameTheirClasses() {
    assertThat(OwnLayers.namedIn(json(new BlockOptions(2, true))))
        .containsExactly(GroupedConvolution2D.class.getName(), SqueezeExcitation.class.getName());
    assertThatThrownBy(() -> OwnLayers.namedIn("{"))
        .hasMessage("configuration.json is not JSON; damaged file?");
  }

  private static String json(BlockOptions options) {
    return RepVggGraphs.configuration(PLAIN.withBlockOptions(options), GraphOptions.withSeed(1))
        .toJson();
  }
}
