package io.github.repvgg4j.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spark.TestCluster;
import io.github.repvgg4j.train.RunListener;
import io.github.repvgg4j.train.RunOptions;
import io.github.repvgg4j.train.RunResult;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Training by two executor processes. */
class TrainingTest {

  @TempDir static Path shared;
  @TempDir Path folder;

  private static JavaSparkContext spark;
  private static Path images;

  /** Losses and weights after each round, as the driver sees them. */
  private static final class Recorder extends BaseTrainingListener {
    final List<Double> losses = new ArrayList<>();
    final List<float[]> weights = new ArrayList<>();

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      losses.add(model.score());
      weights.add(model.params().toFloatVector());
    }
  }

  @BeforeAll
  static void start() throws IOException {
    spark = TestCluster.context();
    images = shared.resolve("images");
    io.github.repvgg4j.data.set.GeneratedImages.write(
        images, new io.github.repvgg4j.data.set.GeneratedImages.Options(16, 4, 16, 3));
  }

  private SparkJob job(String out, int epochs, String sparkSection) {
    return SparkJob.parse("test", yaml(out, epochs, sparkSection));
  }

  private static SparkJob onImages(Path images, SparkJob job) {
    return new SparkJob(
        job.training().withData(job.training().data().withPath(images.toString())), job.spark());
  }

  private String yaml(String out, int epochs, String sparkSection) {
    return """
        model: {depths: [1, 1, 1, 1], widths: [16, 16, 16, 16, 32], strides: [1, 2, 2, 2, 1], input: [3, 16, 16]}
        data: {path: %s, augment: {crop: padded, padding: 2, flip: random}}
        training:
          epochs: %d
          batchSize: 32
          learningRate: 0.05
          seed: 5
          labelSmoothing: 0.1
          optimizer: {type: sgd, momentum: 0.9, weightDecay: 1e-3}
          schedule: {type: cosine, warmupEpochs: 1}
        output: {folder: %s}
        spark: %s
        """
        .formatted(images, epochs, folder.resolve(out), sparkSection);
  }

  @Test
  void twoWorkersAveragingEachIterationDoWhatTwoTrainersDoHere() throws IOException {
    Recorder recorder = new Recorder();
    SparkJob job = job("run", 1, "{workers: 2, averagingFrequency: 1}");
    SparkTraining.run(
        spark, job, RunOptions.NEW.withListeners(List.of(recorder)), RunListener.SILENT);

    // The same by hand: two trainers on this JVM, the mean of their states after each step.
    SparkConfig config = job.spark().resolved(2, 32);
    SplitImages split =
        SplitImages.list(images.toString(), ImageData.Options.PLAIN, spark.hadoopConfiguration());
    RoundPlan plan = new RoundPlan(split.train(), split.labels(), config, 5);
    JobDescription description =
        JobDescription.of(job.training(), split.labels().size(), plan.iterationsPerEpoch());
    BatchSource source =
        new BatchSource(
            description,
            spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration())),
            spark.sc().longAccumulator());
    List<GraphTrainer> trainers =
        List.of(
            description.acceleratedTrainer().trainer(), description.acceleratedTrainer().trainer());
    assertThat(recorder.losses).hasSize(5);
    for (int step = 0; step < 5; step++) {
      List<RoundPlan.Share> shares = plan.round(plan.order(0), 0, step, step + 1);
      double loss = 0;
      for (int worker = 0; worker < 2; worker++) {
        MultiDataSet batch = source.batches(List.of(shares.get(worker)).iterator()).next();
        loss += trainers.get(worker).step(batch.getFeatures(0), batch.getLabels(0)) / 2;
      }
      average(trainers.get(0), trainers.get(1));
      assertThat(recorder.losses.get(step)).as("loss %d", step).isCloseTo(loss, within(1e-6));
      float[] expected = trainers.get(0).graph().params().toFloatVector();
      float[] actual = recorder.weights.get(step);
      double worst = 0;
      for (int i = 0; i < expected.length; i++) {
        worst = Math.max(worst, Math.abs(expected[i] - actual[i]));
      }
      // Running statistics are among the parameters.
      assertThat(worst).as("weights after step %d", step).isLessThan(1e-6);
    }
  }

  @Test
  void testIsTestedOnceAtTheEndWhereValChoosesTheEpoch() throws IOException {
    Path both = Files.createDirectories(folder.resolve("both"));
    for (String part : List.of("train", "val", "test")) {
      String source = part.equals("train") ? "train" : "test";
      Files.createSymbolicLink(both.resolve(part), images.resolve(source).toAbsolutePath());
    }
    List<String> lines = new ArrayList<>();
    SparkTraining.run(
        spark,
        onImages(both, job("chosen", 1, "{workers: 2, averagingFrequency: 2}")),
        RunOptions.NEW,
        notes(lines));
    JsonNode result = new ObjectMapper().readTree(folder.resolve("chosen/result.json").toFile());
    assertThat(result.path("finalTop1").isNumber()).isTrue();
    assertThat(result.path("finalTop1")).isEqualTo(result.path("top1")); // the same images
    assertThat(lines).anyMatch(line -> line.contains("val/; test/ is tested once, at the end"));
  }

  private static void average(GraphTrainer a, GraphTrainer b) {
    for (int i = 0; i < a.state().size(); i++) {
      INDArray mean = a.state().get(i).add(b.state().get(i)).divi(2);
      a.state().get(i).assign(mean);
      b.state().get(i).assign(mean);
    }
  }

  @Test
  void runFolderIsThatOfOneMachineAndResumeGoesOnToTheSameWeights() throws IOException {
    String section = "{workers: 2, averagingFrequency: 2, repartition: never}";
    List<String> log = new ArrayList<>();
    RunResult whole =
        SparkTraining.run(spark, job("whole", 2, section), RunOptions.NEW, notes(log));
    assertThat(whole.folder())
        .isDirectoryContaining("glob:**/model.zip")
        .isDirectoryContaining("glob:**/metrics.jsonl")
        .isDirectoryContaining("glob:**/config.yaml")
        .isDirectoryContaining("glob:**/curves.png")
        .isDirectoryContaining("glob:**/run.log")
        .isDirectoryContaining("glob:**/report.html")
        .isDirectoryContaining("glob:**/result.json");
    assertThat(Files.readAllLines(whole.folder().resolve("metrics.jsonl"))).hasSize(2);
    assertThat(ModelZip.load(whole.model()).network()).isInstanceOf(ComputationGraph.class);

    int[] rounds = {0};
    RunOptions stopping = RunOptions.NEW.withStop(() -> ++rounds[0] == 2);
    RunResult stopped = SparkTraining.run(spark, job("cut", 2, section), stopping, notes(log));
    assertThat(stopped.state()).isEqualTo(RunResult.State.STOPPED);
    RunResult resumed =
        SparkTraining.run(
            spark, job("cut", 2, section), RunOptions.of(StartMode.RESUME), notes(log));
    assertThat(resumed.state()).isEqualTo(RunResult.State.DONE);
    assertThat(entry(resumed, "parametersSha256")).isEqualTo(entry(whole, "parametersSha256"));
    String acceleration = entry(whole, "acceleration");
    assertThat(acceleration).contains("layers accelerated; ");
    assertThat(log.get(0)).startsWith("2 workers of 16 images each, averaging every 2 iterations");
    assertThat(Files.readAllLines(resumed.folder().resolve("run.log")))
        .anyMatch(line -> line.endsWith(acceleration))
        .anyMatch(line -> line.endsWith("resumed in epoch 1 at batch 4"))
        .anyMatch(line -> line.contains("epoch 2: trainLoss"));
  }

  private static RunListener notes(List<String> heard) {
    return new RunListener() {
      @Override
      public void onNote(String note) {
        heard.add(note);
      }
    };
  }

  private static String entry(RunResult result, String key) throws IOException {
    return new com.fasterxml.jackson.databind.ObjectMapper()
        .readTree(result.folder().resolve("result.json").toFile())
        .path(key)
        .asText();
  }

  @Test
  void executorKeepsTheTrainersOfOneJobOnly() {
    JobDescription one = JobDescription.of(job("a", 1, "{}").training(), 10, 5);
    JobDescription other = JobDescription.of(job("b", 1, "{}").training(), 10, 5);
    ExecutorTrainers.Loan first = ExecutorTrainers.borrow(one);
    GraphTrainer trainer = first.trainer();
    first.giveBack();
    ExecutorTrainers.Loan second = ExecutorTrainers.borrow(one);
    ExecutorTrainers.Loan third = ExecutorTrainers.borrow(one);
    assertThat(second.trainer()).isSameAs(trainer).isNotSameAs(third.trainer());
    second.giveBack();
    ExecutorTrainers.borrow(other).giveBack();
    third.giveBack(); // of a job that is no longer the current one: closed
    ExecutorTrainers.Loan last = ExecutorTrainers.borrow(one);
    assertThat(last.trainer()).isNotIn(trainer, third.trainer());
    last.giveBack();
  }

  @Test
  void badImageEndsTheRunWithItsName() throws IOException {
    Path copy = folder.resolve("copy");
    io.github.repvgg4j.data.set.GeneratedImages.write(
        copy, new io.github.repvgg4j.data.set.GeneratedImages.Options(4, 1, 16, 3));
    Path broken;
    try (var files = Files.walk(copy.resolve("train"))) {
      broken = files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    Files.write(broken, new byte[] {1, 2, 3});
    SparkJob job = onImages(copy, job("bad", 1, "{workers: 2}"));
    assertThatThrownBy(() -> SparkTraining.run(spark, job, RunOptions.NEW, RunListener.SILENT))
        .hasMessageContaining(broken.getFileName().toString());
    assertThat(folder.resolve("bad/model.zip")).doesNotExist();
  }

  @Test
  void vanishedImageEndsTheRunWithItsNameAndResumeGoesOn() throws IOException {
    Path copy = folder.resolve("copy");
    io.github.repvgg4j.data.set.GeneratedImages.write(
        copy, new io.github.repvgg4j.data.set.GeneratedImages.Options(8, 1, 16, 3));
    Path victim;
    try (var files = Files.walk(copy.resolve("train"))) {
      victim = files.filter(Files::isRegularFile).sorted().findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(victim);
    SparkJob job =
        onImages(copy, job("gone", 2, "{workers: 2, averagingFrequency: 1, repartition: epoch}"));
    BaseTrainingListener vanish =
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            if (iteration == 1) { // the first epoch's last
              assertThatCode(() -> Files.delete(victim)).doesNotThrowAnyException();
            }
          }
        };
    RunOptions options = RunOptions.NEW.withListeners(List.of(vanish));
    assertThatThrownBy(() -> SparkTraining.run(spark, job, options, RunListener.SILENT))
        .hasMessageContaining(victim.getFileName().toString())
        .hasMessageContaining("no such file; it was there when it was listed");
    assertThat(folder.resolve("gone/result.json")).doesNotExist();
    Files.write(victim, bytes);
    RunResult resumed =
        SparkTraining.run(spark, job, RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(resumed.state()).isEqualTo(RunResult.State.DONE);
  }

  @Test
  void configurationFaultsNameTheirKey() {
    assertThatThrownBy(() -> job("x", 1, "{workers: 0}"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("test: spark.workers: must be at least 1, got 0 (line 12)");
    assertThatThrownBy(() -> job("x", 1, "{wokers: 2}"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("test: spark.wokers: unknown key; did you mean 'workers'? (line 12)");
    assertThatThrownBy(
            () ->
                SparkTraining.run(
                    spark,
                    job("x", 1, "{batchPerWorker: 1000}"),
                    RunOptions.NEW,
                    RunListener.SILENT))
        .hasMessageContaining("spark.batchPerWorker");
    for (String key : List.of("accumulate: 2", "progressive: [{untilEpoch: 1, side: 8}]")) {
      SparkJob job =
          SparkJob.parse("test", yaml("x", 1, "{}").replace("seed: 5", "seed: 5\n  " + key));
      assertThatThrownBy(() -> SparkTraining.run(spark, job, RunOptions.NEW, RunListener.SILENT))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith(
              "training." + key.substring(0, key.indexOf(':')) + ": a cluster ");
    }
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
