package io.github.repvgg4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.onednn.Precision;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prediction by two executor processes against the same network without Spark. */
class PredictionTest {

  private static final int PER_CLASS = 12;

  @TempDir static Path shared;
  @TempDir Path folder;

  private static SparkSession spark;
  private static Path model;
  private static Path images;
  private static Map<String, float[]> here;

  @BeforeAll
  static void start() throws IOException {
    spark = TestCluster.session();
    model = Fixtures.writeModel(shared);
    images = Fixtures.writeImages(shared.resolve("images"), PER_CLASS);
    here = Fixtures.predictHere(model, images);
    Files.write(images.resolve("red/broken.png"), new byte[] {1, 2, 3});
  }

  @Test
  void executorsAreTwoOtherProcesses() {
    List<Long> processes =
        TestCluster.context()
            .parallelize(List.of(1, 2, 3, 4), 4)
            .map(
                i -> {
                  Thread.sleep(200);
                  return ProcessHandle.current().pid();
                })
            .distinct()
            .collect();
    assertThat(processes).hasSize(2).doesNotContain(ProcessHandle.current().pid());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void everyImageIsPredictedAsOnOneMachine(int partitions) {
    Path output = folder.resolve("out");
    String said =
        run("predict", model, images, output, "--partitions", partitions, "--batch", 5, "--top", 3);

    assertThat(said).isEqualTo("37 images, 1 of them with an error: " + output);
    assertSameAsHere(rows(output));
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16"})
  void fastRuntimeAnswersAsOnOneMachine(Precision precision) throws IOException {
    Path fast = Fixtures.writeFastModel(folder, model);
    Path good = Fixtures.writeImages(folder.resolve("good"), 4);
    Path output = folder.resolve("out");
    run("predict", fast, good, output, "--engine", "fast", "--precision", precision, "--top", 3);
    assertSame(rows(output), Fixtures.predictFastHere(fast, precision, good));
    assertThat(failed("predict", model, good, folder.resolve("no"), "--engine", "fast"))
        .isEqualTo(
            "error: " + model + ": is a training form; convert it first, or take the engine DL4J");
  }

  @Test
  void brokenImageIsRowWithError() {
    Path output = folder.resolve("out");
    run("predict", model, images, output);
    Row broken = spark.read().parquet(output.toString()).filter("error is not null").first();
    assertThat(broken.<String>getAs("path")).endsWith("/red/broken.png");
    assertThat(broken.<String>getAs("label")).isNull();
    assertThat(broken.<String>getAs("error")).startsWith("red/broken.png: ").doesNotContain("\n");
  }

  @Test
  void thinImagesAndOtherFormatsArePredicted() throws IOException {
    Path data = Files.createDirectories(folder.resolve("odd/red"));
    BufferedImage thin = new BufferedImage(1, 60_000, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(thin, "png", data.resolve("thin.png").toFile());
    ImageIO.write(new BufferedImage(9, 7, 1), "gif", data.resolve("gif.png").toFile());
    Path output = folder.resolve("out");
    run("predict", model, folder.resolve("odd"), output, "--top", 3);
    Map<String, Row> answers = rows(output);
    assertThat(answers).hasSize(2);
    answers.values().forEach(row -> assertThat(row.<String>getAs("error")).isNull());
  }

  @Test
  void packedImagesArePredictedAlike() throws Exception {
    Path packed = folder.resolve("packed");
    assertThat(run("pack", images, packed, "--images-per-shard", 10))
        .isEqualTo("37 images in 4 shards, 0 skipped: " + packed);
    Path output = folder.resolve("out");
    run("predict", model, packed, output, "--top", 3);

    Map<String, Row> byName = new HashMap<>();
    rows(output)
        .forEach(
            (path, row) -> byName.put(images.resolve(path.replaceAll(".*#", "")).toString(), row));
    assertSameAsHere(byName);

    Path untarred = Files.createDirectories(folder.resolve("untarred"));
    for (int shard = 0; shard < 4; shard++) {
      String tar = packed.resolve("shard-0000" + shard + ".tar").toString();
      assertThat(
              new ProcessBuilder("tar", "xf", tar, "-C", untarred.toString())
                  .inheritIO()
                  .start()
                  .waitFor())
          .isZero();
    }
    assertThat(untarred.resolve("red/003.png"))
        .hasSameBinaryContentAs(images.resolve("red/003.png"));
  }

  @Test
  void damagedShardIsAnErrorOfItsImagesOnly() throws IOException {
    Path packed = folder.resolve("packed");
    run("pack", images, packed, "--images-per-shard", 20);
    Path shard = packed.resolve("shard-00000.tar");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[700] ^= 1; // within the first image
    Files.write(shard, bytes);
    Files.deleteIfExists(packed.resolve(".shard-00000.tar.crc")); // Hadoop's own check of file:

    Path output = folder.resolve("out");
    assertThat(run("predict", model, packed, output)).startsWith("37 images, 2 of them");
    List<String> errors =
        spark
            .read()
            .parquet(output.toString())
            .filter("error like '%checksum%'")
            .select("error")
            .as(org.apache.spark.sql.Encoders.STRING())
            .collectAsList();
    assertThat(errors).hasSize(1);
    assertThat(errors.get(0)).contains("shard-00000.tar").contains("pack the images again");
  }

  @Test
  void evaluateCountsWhatIsRight() throws IOException {
    String said = run("evaluate", model, images, "--top", 2);
    long right = 0;
    long inTop = 0;
    for (Map.Entry<String, float[]> image : here.entrySet()) {
      int truth = Fixtures.CLASSES.indexOf(Path.of(image.getKey()).getParent().getFileName() + "");
      float[] p = image.getValue();
      long better = java.util.stream.IntStream.range(0, 3).filter(c -> p[c] > p[truth]).count();
      right += better < 1 ? 1 : 0;
      inTop += better < 2 ? 1 : 0;
    }
    assertThat(said)
        .isEqualTo(
            String.format(
                "37 images, 1 error, top-1 %.4f, top-2 %.4f", right / 36.0, inTop / 36.0));
  }

  @Test
  void classifierIsSavedInPipelineAndReadsBinaryFiles() throws IOException {
    RepVggClassifier classifier =
        new RepVggClassifier().setModelPath(model.toString()).setBatchSize(7).setTopK(3);
    Dataset<Row> table =
        spark
            .read()
            .format("binaryFile")
            .option("recursiveFileLookup", "true")
            .option("pathGlobFilter", "*.png")
            .load(images.toString());
    String saved = folder.resolve("pipeline").toString();
    new Pipeline().setStages(new PipelineStage[] {classifier}).fit(table).write().save(saved);

    assertThatThrownBy(() -> classifier.copy(new ParamMap()).setEngine("gpu").transform(table))
        .hasMessage("RepVggClassifier: engine: one of [dl4j, fast], got 'gpu'");

    Dataset<Row> said =
        PipelineModel.load(saved)
            .transform(table)
            .selectExpr("path", "prediction.label", "prediction.top", "prediction.error");

    Map<String, Row> rows = new HashMap<>();
    said.collectAsList()
        .forEach(row -> rows.put(java.net.URI.create(row.getString(0)).getPath(), row));
    assertThat(rows).hasSize(37);
    assertSameAsHere(rows);
  }

  @Test
  void failuresAreOneLine() throws IOException {
    Path output = Files.createDirectories(folder.resolve("there"));
    assertThat(failed("predict", model, images, output))
        .isEqualTo("error: " + output + ": exists already; give a new folder");
    assertThat(failed("predict", folder.resolve("no.zip"), images, folder.resolve("out")))
        .isEqualTo("error: " + folder.resolve("no.zip") + ": no such file");
    assertThat(failed("predict", model, folder.resolve("none"), folder.resolve("out")))
        .isEqualTo("error: " + folder.resolve("none") + ": no such file or folder");
    Path text = Files.writeString(folder.resolve("text.zip"), "no zip");
    assertThat(failed("predict", text, images, folder.resolve("out")))
        .startsWith("error: " + text + ": not a model zip");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"predict", "pack"})
  void fullDiskOnWorkerIsOneLineAndLeavesNothing(String command) throws IOException {
    TestCluster.context().hadoopConfiguration().set(FullDisk.KEY, FullDisk.class.getName());
    Path disk = Files.createDirectories(folder.resolve("disk"));
    Path output = disk.resolve("out");
    List<Object> arguments = new ArrayList<>(List.of(command));
    if (command.equals("predict")) {
      arguments.add(model);
    }
    arguments.addAll(List.of(images, "fulldisk:" + output));
    assertThat(failed(arguments.toArray()))
        .matches("error: executor \\d+ on \\S+: No space left on device");
    try (var left = Files.list(disk)) {
      assertThat(left).isEmpty();
    }
  }

  private static void assertSameAsHere(Map<String, Row> rows) {
    assertSame(rows, here);
  }

  private static void assertSame(Map<String, Row> rows, Map<String, float[]> expected) {
    expected.forEach(
        (path, probabilities) -> {
          Row row = rows.get(path);
          assertThat(row).as(path).isNotNull();
          List<Row> top = row.getList(row.fieldIndex("top"));
          int best = 0;
          for (int c = 1; c < probabilities.length; c++) {
            best = probabilities[c] > probabilities[best] ? c : best;
          }
          assertThat(row.<String>getAs("label")).isEqualTo(Fixtures.CLASSES.get(best));
          assertThat(top).hasSize(3);
          for (Row candidate : top) {
            int c = Fixtures.CLASSES.indexOf(candidate.getString(0));
            assertThat(candidate.getFloat(1)).isCloseTo(probabilities[c], within(1e-6f));
          }
        });
  }

  private static Map<String, Row> rows(Path output) {
    Map<String, Row> rows = new HashMap<>();
    for (Row row : spark.read().parquet(output.toString()).collectAsList()) {
      String path = row.<String>getAs("path").replaceFirst("^file:/*", "/");
      assertThat(rows.put(path, row)).as(path).isNull();
    }
    return rows;
  }

  private static String run(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = SparkMain.run(new PrintWriter(out), new PrintWriter(err), strings(args));
    assertThat(code).as(err.toString()).isZero();
    return out.toString().strip();
  }

  private static String failed(Object... args) {
    StringWriter err = new StringWriter();
    int code = SparkMain.run(new PrintWriter(err, true), new PrintWriter(err, true), strings(args));
    assertThat(code).as(err.toString()).isEqualTo(1);
    return err.toString().strip();
  }

  private static String[] strings(Object... args) {
    return java.util.Arrays.stream(args).map(String::valueOf).toArray(String[]::new);
  }
}
