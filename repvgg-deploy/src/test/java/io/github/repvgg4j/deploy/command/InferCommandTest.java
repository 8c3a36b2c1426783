package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.deploy.npy.NpyWriter;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class InferCommandTest {

  @TempDir Path folder;
  private Path model;
  private Path output;

  @BeforeEach
  void makeModel() throws IOException {
    model = Models.trainingZip(folder.resolve("model.zip"));
    output = folder.resolve("out/y.npy");
  }

  @Test
  void logitsOfAllImagesInOrder() throws IOException {
    INDArray images = Nd4j.rand(DataType.FLOAT, 5, 3, 32, 32);
    Path input = npy(images);
    assertThat(Cli.run("infer", model, "--input", input, "--output", output, "--batch", 2))
        .isEqualTo(new Cli(0, output + ": [5, 3] float32\n", ""));
    INDArray expected = Logits.of(Models.training(), images);
    Tolerance.FLOAT32.check(Nd4j.createFromNpyFile(output.toFile()), expected);
    Cli.run("infer", model, "--input", input, "--output", output, "--probabilities", "--force");
    Tolerance.FLOAT32.check(
        Nd4j.createFromNpyFile(output.toFile()), Models.training().outputSingle(images));
  }

  @Test
  void fastEngineAnswersLikeDeeplearning4jAndTakesFastFormsOnly() throws IOException {
    Path fast = folder.resolve("fast.zip");
    Cli.run("convert", model, "-o", fast, "--rounds", 0);
    INDArray images = Nd4j.rand(DataType.FLOAT, 5, 3, 32, 32);
    Path input = npy(images);
    Cli run = Cli.run("infer", fast, "--input", input, "--output", output, "--engine", "fast");
    assertThat(run).isEqualTo(new Cli(0, output + ": [5, 3] float32\n", ""));
    INDArray expected = Logits.of(Models.training(), images);
    Tolerance.FLOAT32.check(Nd4j.createFromNpyFile(output.toFile()), expected);
    Cli training =
        Cli.run(
            "infer", model, "--input", input, "--output", output, "--engine", "fast", "--force");
    assertThat(training.exitCode()).isEqualTo(1);
    assertThat(training.err().lines()).singleElement().asString().contains("training form");
    for (String[] option :
        new String[][] {
          {"--precision", "bf16", "engine fast"},
          {"--precision", "int8", "engine fast"},
          {"--convolutions", "fastest", "engine fast"},
          {"--without-vnni", "fp32", "precision int8"}
        }) {
      Cli usage =
          Cli.run("infer", fast, "--input", input, "--output", output, option[0], option[1]);
      assertThat(usage.exitCode()).isEqualTo(2);
      assertThat(usage.err()).contains(option[0] + " " + option[1] + " needs " + option[2]);
    }
  }

  @Test
  void otherChannelsAreRefusedAndNothingIsWritten() throws IOException {
    Path input = npy(Nd4j.rand(DataType.FLOAT, 2, 1, 32, 32));
    Cli run = Cli.run("infer", model, "--input", input, "--output", output);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "error: " + input + ": has shape [2, 1, 32, 32]; model.zip needs [N, 3, H, W]\n");
    assertThat(output).doesNotExist();
  }

  @Test
  void outputThatCannotBeWrittenIsOneLine() throws IOException {
    Path input = npy(Nd4j.rand(DataType.FLOAT, 1, 3, 32, 32));
    Path blocked = Files.writeString(folder.resolve("file"), "x").resolve("y.npy");
    Cli run = Cli.run("infer", model, "--input", input, "--output", blocked);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().startsWith("error: " + blocked + ": ");
  }

  private Path npy(INDArray values) throws IOException {
    Path file = folder.resolve("x.npy");
    List<Long> shape = Arrays.stream(values.shape()).boxed().toList();
    try (NpyWriter writer = NpyWriter.create(file, shape)) {
      writer.append(values);
    }
    return file;
  }
}
