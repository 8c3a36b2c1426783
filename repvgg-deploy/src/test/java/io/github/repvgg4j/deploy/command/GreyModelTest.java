package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.deploy.npy.NpyWriter;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** Networks of one channel, with the mean and deviation that they get by default. */
class GreyModelTest {

  private static final int SIDE = 32;
  private static final RepVggSpec SPEC =
      RepVggSpec.of(
          List.of(1, 1, 1, 1), List.of(4, 8, 8, 12, 16), 3, new InputShape(1, SIDE, SIDE));

  @TempDir Path folder;
  private Path training;
  private Path fast;
  private Path data;
  private final float[][] values = new float[3][SIDE * SIDE];

  @BeforeEach
  void makeFiles() throws IOException {
    training = folder.resolve("model.zip");
    ModelMetadata metadata =
        ModelMetadata.of(Form.TRAINING, SPEC)
            .withLabels(Models.LABELS)
            .withPreprocessing(Preprocessing.IMAGENET_GREY.withCropFraction(1));
    ModelZipWriter.of(network(), metadata).write(training);
    data = folder.resolve("data");
    for (int i = 0; i < 3; i++) {
      image(i);
    }
    fast = folder.resolve("fast.zip");
    Cli converted = Cli.run("convert", training, "--data", data, "--rounds", 0, "-o", fast);
    assertThat(converted.err()).isEmpty();
  }

  private static ComputationGraph network() {
    ComputationGraph graph = RepVggGraphs.build(SPEC, GraphOptions.withSeed(3));
    RandomStatistics.fill(graph, 4);
    return graph;
  }

  /** A grey PNG, and by hand what the network is to see of it. */
  private void image(int number) throws IOException {
    Random random = new Random(number);
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < SIDE * SIDE; i++) {
      int grey = random.nextInt(256);
      image.getRaster().setSample(i % SIDE, i / SIDE, 0, grey);
      values[number][i] = (float) ((grey / 255.0 - 0.459) / 0.226);
    }
    Path file = data.resolve("test/" + Models.LABELS.get(number) + "/" + number + ".png");
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }

  private float[] expected(int number) {
    return network()
        .outputSingle(Nd4j.create(values[number], new long[] {1, 1, SIDE, SIDE}, 'c'))
        .toFloatVector();
  }

  @Test
  void predictGivesTheNetworksProbabilities() throws IOException {
    for (Path model : List.of(training, fast)) {
      Cli run = Cli.run("predict", "--json", model, data, "--top", 3);
      assertThat(run.err()).isEmpty();
      JsonNode answers = new ObjectMapper().readTree(run.out());
      for (int i = 0; i < 3; i++) {
        for (JsonNode top : answers.get(i).get("top")) {
          float probability = expected(i)[top.get("index").asInt()];
          assertThat(top.get("probability").asDouble())
              .isBetween(probability - 1e-5, probability + 1e-5);
        }
      }
    }
  }

  @Test
  void evaluateCountsTheNetworksAnswers() throws IOException {
    int right = 0;
    for (int i = 0; i < 3; i++) {
      float[] answer = expected(i);
      right += answer[i] >= Math.max(answer[0], Math.max(answer[1], answer[2])) ? 1 : 0;
    }
    for (String engine : List.of("dl4j", "fast")) {
      Cli run = Cli.run("evaluate", fast, data, "--json", "--engine", engine);
      assertThat(run.err()).isEmpty();
      assertThat(new ObjectMapper().readTree(run.out()).get("top1").asDouble())
          .isEqualTo(right / 3.0);
    }
  }

  @Test
  void inferTakesArraysOfOneChannel() throws IOException {
    Path input = folder.resolve("x.npy");
    Path output = folder.resolve("y.npy");
    try (NpyWriter writer = NpyWriter.create(input, List.of(1L, 1L, (long) SIDE, (long) SIDE))) {
      writer.append(Nd4j.create(values[1], new long[] {1, 1, SIDE, SIDE}, 'c'));
    }
    Cli run = Cli.run("infer", fast, "--input", input, "--output", output, "--probabilities");
    assertThat(run.err()).isEmpty();
    float[] answer = Nd4j.createFromNpyFile(output.toFile()).toFloatVector();
    for (int c = 0; c < 3; c++) {
      assertThat(answer[c]).isBetween(expected(1)[c] - 1e-5f, expected(1)[c] + 1e-5f);
    }
  }
}
