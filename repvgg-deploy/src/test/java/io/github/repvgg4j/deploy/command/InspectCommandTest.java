package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.model.ModelCost;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {

  @TempDir Path folder;

  @Test
  void tellsFormLayersShapesAndLabels() throws IOException {
    Path zip = Models.trainingZip(folder.resolve("model.zip"));
    Cli run = Cli.run("inspect", zip);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("training form, ComputationGraph")
        .contains("3: cat, dog, owl")
        .contains("seed = 11")
        .containsPattern("stage2\\.block1\\.dense\\.conv +conv 3x3 +\\[8, 4, 4\\] +576 +9,216");
  }

  @Test
  void jsonCountsParametersAndMultiplyAccumulates() throws IOException {
    Path zip = Models.trainingZip(folder.resolve("model.zip"));
    Cli run = Cli.run("inspect", "--json", zip);
    JsonNode json = new ObjectMapper().readTree(run.out());
    ModelCost cost =
        ModelCost.of(Models.training().getConfiguration(), InputType.convolutional(32, 32, 3));
    assertThat(json.get("macs").asLong()).isEqualTo(cost.macs());
    assertThat(json.get("parameters").asLong()).isEqualTo(cost.parameters());
    assertThat(json.get("spec").get("widths").get(4).asInt()).isEqualTo(16);
    assertThat(json.get("form").asText()).isEqualTo("training");
  }
}
