package io.github.repvgg4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.spark.train.SparkJob;
import io.github.repvgg4j.spark.train.SparkTraining;
import io.github.repvgg4j.train.RunListener;
import io.github.repvgg4j.train.RunOptions;
import io.github.repvgg4j.train.RunResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes die by SIGKILL; what they were doing ends well. */
@Tag("proof")
class FaultTest {

  @TempDir static Path shared;
  @TempDir Path folder;

  private static Path images;

  @BeforeAll
  static void start() throws IOException {
    images = shared.resolve("images");
    GeneratedImages.write(images, new GeneratedImages.Options(16, 4, 16, 3));
  }

  private String yaml(String out) {
    return """
    model: {depths: [1, 1, 1, 1], widths: [8, 8, 16, 16, 32], strides: [1, 2, 2, 2, 1], input: [3, 16, 16]}
    data: {path: %s, augment: {crop: padded, padding: 2, flip: random}}
    training: {epochs: 3, batchSize: 32, learningRate: 0.05, seed: 5}
    output: {folder: %s}
    spark: {workers: 2, averagingFrequency: 1}
    """
        .formatted(images, folder.resolve(out));
  }

  /** Executors of a local cluster are the children of this JVM. */
  private static void killOneExecutor(AtomicBoolean killed) {
    ProcessHandle executor =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().command().orElse("").endsWith("java"))
            .findFirst()
            .orElseThrow();
    killed.set(executor.destroyForcibly());
  }

  @Test
  void executorKilledDuringTrainingChangesNothing() throws IOException {
    RunResult quiet =
        SparkTraining.run(
            TestCluster.context(),
            SparkJob.parse("test", yaml("quiet")),
            RunOptions.NEW,
            RunListener.SILENT);
    AtomicBoolean killed = new AtomicBoolean();
    BaseTrainingListener killer =
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            if (iteration == 4 && !killed.get()) {
              killOneExecutor(killed);
            }
          }
        };
    RunResult hurt =
        SparkTraining.run(
            TestCluster.context(),
            SparkJob.parse("test", yaml("hurt")),
            RunOptions.NEW.withListeners(List.of(killer)),
            RunListener.SILENT);
    assertThat(killed).isTrue();
    assertThat(sha(hurt.folder())).isEqualTo(sha(quiet.folder()));
  }

  @Test
  void executorKilledDuringPredictionLosesAndDoublesNoImage() throws IOException {
    Path model = Fixtures.writeModel(folder);
    Path pictures = Fixtures.writeImages(folder.resolve("pictures"), 200);
    AtomicBoolean killed = new AtomicBoolean();
    SparkListener killer =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            if (!killed.get()) {
              killOneExecutor(killed);
            }
          }
        };
    TestCluster.context().sc().addSparkListener(killer);
    Path output = folder.resolve("out");
    StringWriter err = new StringWriter();
    int code =
        SparkMain.run(
            new PrintWriter(err),
            new PrintWriter(err),
            "predict",
            model.toString(),
            pictures.toString(),
            output.toString(),
            "--partitions",
            "12",
            "--batch",
            "8");
    TestCluster.context().sc().removeSparkListener(killer);
    assertThat(code).as(err.toString()).isZero();
    assertThat(killed).isTrue();
    var rows = TestCluster.session().read().parquet(output.toString());
    assertThat(rows.count()).isEqualTo(600);
    assertThat(rows.select("path").distinct().count()).isEqualTo(600);
    assertThat(rows.filter("error is not null").count()).isZero();
  }

  @Test
  void driverKilledGoesOnFromItsCheckpoint() throws Exception {
    RunResult quiet =
        SparkTraining.run(
            TestCluster.context(),
            SparkJob.parse("test", yaml("once")),
            RunOptions.NEW,
            RunListener.SILENT);
    Path config = Files.writeString(folder.resolve("job.yaml"), yaml("killed"));
    Process driver = driver("train", config.toString(), "--master", "local[2]");
    Path checkpoints = folder.resolve("killed/checkpoints");
    for (int i = 0; i < 1200 && !hasCheckpoint(checkpoints); i++) {
      assertThat(driver.isAlive()).isTrue();
      TimeUnit.MILLISECONDS.sleep(100);
    }
    driver.destroyForcibly().waitFor();
    assertThat(folder.resolve("killed/result.json")).doesNotExist();

    AtomicInteger firstEpoch = new AtomicInteger();
    RunListener listener =
        new RunListener() {
          @Override
          public void onStart(Start start) {
            firstEpoch.set(start.firstEpoch());
          }
        };
    RunResult result =
        SparkTraining.run(
            TestCluster.context(),
            SparkJob.read(config),
            RunOptions.of(io.github.repvgg4j.train.run.RunFolder.StartMode.RESUME),
            listener);
    assertThat(firstEpoch).hasPositiveValue();
    assertThat(sha(result.folder())).isEqualTo(sha(quiet.folder()));
  }

  private static boolean hasCheckpoint(Path checkpoints) throws IOException {
    if (!Files.isDirectory(checkpoints)) {
      return false;
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files.anyMatch(file -> file.toString().endsWith(".ckpt"));
    }
  }

  private static Process driver(String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    for (String option :
        java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (option.startsWith("--add-opens")
          || option.startsWith("-X")
          || option.startsWith("-Dorg.bytedeco")) {
        command.add(option);
      }
    }
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), SparkMain.class.getName()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).inheritIO().start();
  }

  private static String sha(Path run) throws IOException {
    return new com.fasterxml.jackson.databind.ObjectMapper()
        .readTree(run.resolve("result.json").toFile())
        .get("parametersSha256")
        .asText();
  }
}
