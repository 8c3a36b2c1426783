package io.github.repvgg4j.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelPropertiesTest {

  @Test
  void allButTheStructureComesBack() {
    ModelMetadata metadata =
        ModelMetadata.unknown(Form.FAST)
            .withLabels(List.of("a, b", "", "[c]"))
            .withPreprocessing(new Preprocessing(List.of(0.1, 1e-9), List.of(3.0, 0.25), 0.875))
            .withProvenance("parent.sha256", "00ff");
    assertThat(ModelProperties.read(ModelProperties.of(metadata))).isEqualTo(metadata);
    ModelMetadata unknown = ModelMetadata.unknown(Form.TRAINING);
    assertThat(ModelProperties.read(ModelProperties.of(unknown))).isEqualTo(unknown);
    assertThat(ModelProperties.read(Map.of())).isEqualTo(unknown);
  }

  /** Of zips that were made of other data sets than ours. */
  @Test
  void labelsWithLineBreaksStayAsMany() {
    ModelMetadata metadata = ModelMetadata.unknown(Form.FAST).withLabels(List.of("a\nb", "c"));
    assertThat(ModelProperties.read(ModelProperties.of(metadata)).labels())
        .containsExactly("a\\nb", "c");
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatThrownBy(() -> ModelProperties.read(Map.of("mean", "[0.5]", "std", "wide")))
        .hasMessage("std: wide is no list of numbers");
    assertThatThrownBy(() -> ModelProperties.read(Map.of("mean", "[0.5]", "std", "[0]")))
        .hasMessageContaining("std greater than 0");
  }
}
