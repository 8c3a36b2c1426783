package io.github.repvgg4j.weights;

import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.Golden;
import java.util.List;

/** The structures of the reference cases, from their {@code case.json}. */
final class GoldenSpecs {

  private GoldenSpecs() {}

  static RepVggSpec of(Golden golden) {
    return switch (golden) {
      case PLAIN, TIMM_PLAIN -> spec(1, 16, new BlockOptions(1, false));
      case GROUPED_G2 -> spec(2, 16, new BlockOptions(2, false));
      case GROUPED_G4, TIMM_GROUPED_G4 -> spec(2, 16, new BlockOptions(4, false));
      case SQUEEZE_EXCITATION -> spec(1, 32, new BlockOptions(1, true));
    };
  }

  private static RepVggSpec spec(int firstDepth, int firstWidth, BlockOptions options) {
    return RepVggSpec.of(
            List.of(firstDepth, 2, 2, 1),
            List.of(firstWidth, firstWidth, 32, 64, 128),
            10,
            InputShape.square(32))
        .withBlockOptions(options);
  }
}
