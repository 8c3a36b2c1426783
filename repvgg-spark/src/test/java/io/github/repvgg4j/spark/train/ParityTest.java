package io.github.repvgg4j.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spark.TestCluster;
import io.github.repvgg4j.train.RunListener;
import io.github.repvgg4j.train.RunOptions;
import io.github.repvgg4j.train.RunResult;
import io.github.repvgg4j.train.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same network, seed and images on one machine and on two workers that average after each
 * iteration: both see the same 32 images in a step, but a worker normalises with the statistics of
 * its own 16. The tables go to the terminal.
 */
@Tag("proof")
class ParityTest {

  private static final int STEPS = 20;

  @TempDir Path folder;

  /** One side of the comparison. */
  private record Run(List<Double> losses, RunResult result) {

    /** The running statistics of all BatchNorm layers whose key ends so. */
    Map<String, float[]> statistics(String key) throws IOException {
      Map<String, float[]> found = new TreeMap<>();
      for (var entry :
          ((ComputationGraph) ModelZip.load(result.model()).network()).paramTable().entrySet()) {
        if (entry.getKey().endsWith(key)) {
          found.put(entry.getKey(), entry.getValue().toFloatVector());
        }
      }
      return found;
    }
  }

  private Run onOneMachine(String yaml) throws IOException {
    List<Double> losses = new ArrayList<>();
    RunListener recorder =
        new RunListener() {
          @Override
          public void onBatch(int epoch, int batch, double loss) {
            losses.add(loss);
          }
        };
    SparkJob job = SparkJob.parse("test", yaml.formatted(folder.resolve("one")));
    return new Run(losses, Training.run(job.training(), recorder));
  }

  private Run onTwoWorkers(String yaml) throws IOException {
    List<Double> losses = new ArrayList<>();
    BaseTrainingListener recorder =
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            losses.add(model.score());
          }
        };
    SparkJob job = SparkJob.parse("test", yaml.formatted(folder.resolve("two")));
    return new Run(
        losses,
        SparkTraining.run(
            TestCluster.context(),
            job,
            RunOptions.NEW.withListeners(List.of(recorder)),
            RunListener.SILENT));
  }

  /** One epoch of 20 steps. */
  private String twentySteps(double learningRate) throws IOException {
    return yaml(
        new GeneratedImages.Options(2 * STEPS + 24, 10, 32, 1), 1, learningRate, "{type: cosine}");
  }

  /** The quickstart's network and recipe; the run's folder is left open. */
  private String yaml(
      GeneratedImages.Options generated, int epochs, double learningRate, String schedule)
      throws IOException {
    Path images = folder.resolve("images");
    GeneratedImages.write(images, generated);
    return """
        model: {depths: [1, 2, 2, 1], widths: [16, 16, 32, 64, 64], strides: [1, 2, 2, 2, 1], input: [3, 32, 32]}
        data: {path: %s, augment: {crop: padded, padding: 2}}
        training:
          epochs: %d
          batchSize: 32
          learningRate: %s
          seed: 1
          optimizer: {type: sgd, momentum: 0.9, weightDecay: 5e-4}
          schedule: %s
        output: {folder: %%s}
        spark: {workers: 2, averagingFrequency: 1}
        """
        .formatted(images, epochs, learningRate, schedule);
  }

  @Test
  void lossesOfTwentySteps() throws IOException {
    String yaml = twentySteps(0.1);
    Run one = onOneMachine(yaml);
    Run two = onTwoWorkers(yaml);
    assertThat(one.losses()).hasSize(STEPS);
    assertThat(two.losses()).hasSize(STEPS);
    double worst = 0;
    System.out.println("| step | one machine | two workers | difference |");
    System.out.println("|---|---|---|---|");
    for (int step = 0; step < STEPS; step++) {
      double a = one.losses().get(step);
      double b = two.losses().get(step);
      worst = Math.max(worst, Math.abs(a - b) / a);
      System.out.printf(Locale.ROOT, "| %d | %.4f | %.4f | %+.4f |%n", step + 1, a, b, b - a);
    }
    assertThat(Math.abs(one.losses().get(0) / two.losses().get(0) - 1)).isLessThan(0.05);
    assertThat(worst).isLessThan(0.25);
  }

  /** At so small a rate the weights stay, and the statistics alone are compared. */
  @Test
  void runningStatisticsOfEqualWeights() throws IOException {
    String yaml = twentySteps(1e-9);
    Run one = onOneMachine(yaml);
    Run two = onTwoWorkers(yaml);
    for (String key : List.of("_mean", "_var")) {
      Map<String, float[]> expected = one.statistics(key);
      Map<String, float[]> actual = two.statistics(key);
      assertThat(actual.keySet()).isEqualTo(expected.keySet());
      double worst = 0;
      for (String name : expected.keySet()) {
        double relative = relativeDifference(expected.get(name), actual.get(name));
        System.out.printf(Locale.ROOT, "%s: differs by %.2e%n", name, relative);
        worst = Math.max(worst, relative);
        if (name.contains("stage0") && key.equals("_mean")) {
          // The mean of two halves' means is the mean of all, and the images are the same.
          assertThat(relative).as(name).isLessThan(1e-5);
        }
      }
      assertThat(worst).as(key).isLessThan(0.1);
    }
  }

  /** Root mean square of the differences over that of the values. */
  private static double relativeDifference(float[] expected, float[] actual) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / size);
  }

  @Test
  void bothLearnTheGeneratedImages() throws IOException {
    String yaml =
        yaml(
            new GeneratedImages.Options(300, 50, 32, 1), 6, 0.1, "{type: cosine, warmupEpochs: 1}");
    double one = onOneMachine(yaml).result().top1();
    double two = onTwoWorkers(yaml).result().top1();
    System.out.printf(Locale.ROOT, "top-1: one machine %.4f, two workers %.4f%n", one, two);
    assertThat(one).isGreaterThanOrEqualTo(0.95);
    assertThat(two).isGreaterThanOrEqualTo(0.95);
  }
}
