package io.github.repvgg4j.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.spec.Downsample;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions.Structure;
import io.github.repvgg4j.spec.RepVggVariant;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bad repvgg.json is named by its key, never by a class of ours. */
class MetadataMessagesTest {

  private static final String GOOD =
      """
      {"schema": 1, "form": "TRAINING", "labels": ["a", "b"],
       "spec": {"depths": [1, 1, 1, 1], "widths": [8, 8, 8, 8, 8], "strides": [1, 1, 1, 1, 1],
                "numClasses": 2, "input": [3, 32, 32], "branches": "ALL"},
       "preprocessing": {"mean": [0.5], "std": [0.5], "cropFraction": 1}, "provenance": {}}
      """;

  @Test
  void wholeOneIsRead() throws Exception {
    assertThat(read(GOOD).labels()).containsExactly("a", "b");
    assertThat(read(GOOD.replaceAll("\"spec\": \\{[^}]*}", "\"spec\": null")).spec()).isEmpty();
  }

  @Test
  void blocksAreKeptAndWereRepVggsBefore() throws Exception {
    ModelMetadata old = read(GOOD);
    assertThat(old.spec().orElseThrow().blockOptions().structure()).isEqualTo(Structure.REPVGG);
    assertThat(new String(MetadataJson.write(old), StandardCharsets.UTF_8))
        .doesNotContain("\"block\"")
        .contains("\"schema\" : 1");
    ModelMetadata pairs =
        ModelMetadata.of(
            ModelMetadata.Form.TRAINING,
            RepVggVariant.S0.spec(10, old.spec().orElseThrow().input()));
    byte[] json = MetadataJson.write(pairs);
    assertThat(MetadataJson.read(json)).isEqualTo(pairs);
    String text = new String(json, StandardCharsets.UTF_8);
    assertThat(text).contains("\"schema\" : 2");
    assertThatThrownBy(() -> read(text.replace("MOBILEONE", "MOBILETWO")))
        .hasMessageContaining("spec.block: must be one of [REPVGG, PLAIN, QAREPVGG, MOBILEONE,");
    assertThatThrownBy(() -> read(text.replace("\"convolutions\" : 4", "\"convolutions\" : 0")))
        .hasMessageContaining("convolutions: must be at least 1, got 0");
    assertThatThrownBy(() -> read(text.replace("\"convolutions\" : 4,", "")))
        .hasMessageContaining("spec.convolutions: must be a whole number, got nothing");
  }

  @Test
  void whatMakesImagesSmallerIsKeptAndWasTheStrideBefore() throws Exception {
    ModelMetadata old = read(GOOD);
    assertThat(old.spec().orElseThrow().blockOptions().downsample()).isEqualTo(Downsample.STRIDE);
    assertThat(new String(MetadataJson.write(old), StandardCharsets.UTF_8))
        .doesNotContain("downsample");
    ModelMetadata pooled = read(GOOD.replace("\"ALL\"", "\"ALL\", \"downsample\": \"MAXPOOL\""));
    assertThat(pooled.spec().orElseThrow().blockOptions().downsample())
        .isEqualTo(Downsample.MAXPOOL);
    assertThat(MetadataJson.read(MetadataJson.write(pooled))).isEqualTo(pooled);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"TRAINING\" | \"FUSED\" | form: must be one of [TRAINING, FAST], got \"FUSED\"",
        "\"TRAINING\" | 5 | form: must be one of [TRAINING, FAST], got 5",
        "\"ALL\" | \"SOME\" | spec.branches: must be one of [ALL, WITHOUT_IDENTITY, WITHOUT_POINTWISE, DENSE_ONLY], got \"SOME\"",
        "[1, 1, 1, 1], \"widths\" | [1, \"x\", 1, 1], \"widths\" | spec.depths: must be a list of whole numbers, got [1,\"x\",1,1]",
        "[3, 32, 32] | [32, 32] | spec.input: needs [C, H, W], got [32, 32]",
        "[\"a\", \"b\"] | [1, 2] | labels: must be a list of texts, got [1,2]",
        "\"mean\": [0.5] | \"mean\": [\"x\"] | preprocessing.mean: must be a list of numbers, got [\"x\"]",
        "\"schema\": 1 | \"schema\": 7 | schema 7 is unknown to this version (knows up to 2); use a newer repvgg4j",
        "\"schema\": 1, |  | has no schema number; it was damaged",
        "\"form\" | form | is no JSON from line 1 on; it was damaged",
      })
  void faultIsNamedByItsKey(String good, String bad, String message) {
    String json = GOOD.replace(good, bad == null ? "" : bad);
    assertThatThrownBy(() -> read(json)).hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"[]", "''", "5", "null"})
  void otherThanAnObjectIsDamaged(String json) {
    assertThatThrownBy(() -> read(json)).hasMessage("holds no JSON object; it was damaged");
  }

  private static ModelMetadata read(String json) throws Exception {
    return MetadataJson.read(json.getBytes(StandardCharsets.UTF_8));
  }
}
