package io.github.repvgg4j.serve.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelIdTest {

  @Test
  void aFilesNameSaysModelAndVersion() {
    assertThat(ModelId.ofFile("fast.zip")).contains(new ModelId("fast", 1));
    assertThat(ModelId.ofFile("fast@12.zip")).contains(new ModelId("fast", 12));
    assertThat(ModelId.ofFile("resnet-50.zip")).contains(new ModelId("resnet-50", 1));
    assertThat(ModelId.ofFile("a0.v1.5@3.zip")).contains(new ModelId("a0.v1.5", 3));
  }

  @Test
  void otherFilesAreNoModels() {
    for (String name :
        new String[] {
          ".zip",
          "a.ZIP",
          "a.zip.part",
          "a b.zip",
          "ä.zip",
          "a@0.zip",
          "a@01.zip",
          "a@x.zip",
          "a@1@2.zip",
          "a@.zip",
          ".hidden.zip",
          "@1.zip",
          "a/b.zip",
          "a@1234567890.zip",
          "a\n.zip",
          "a".repeat(101) + ".zip"
        }) {
      assertThat(ModelId.ofFile(name)).as(name).isEqualTo(Optional.empty());
    }
  }
}
