package io.github.repvgg4j.spark.command;

import io.github.repvgg4j.deploy.command.EngineOptions;
import io.github.repvgg4j.spark.images.ImageSet;
import io.github.repvgg4j.spark.predict.ImageScoring;
import io.github.repvgg4j.spark.predict.Scoring;
import io.github.repvgg4j.spark.predict.ShippedModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code predict} and {@code evaluate} have in common. */
final class ScoringOptions {

  private static final int IMAGES_PER_TASK = 1000;

  @Parameters(index = "0", paramLabel = "FAST.zip", description = "The model, either form.")
  private String model;

  @Parameters(
      index = "1",
      paramLabel = "INPUT",
      description =
          "A folder of images (class/image.jpg, any depth), what 'pack' made, a manifest, or Parquet"
              + " with a column of encoded images.")
  private String input;

  @Mixin private EngineOptions options;

  @Option(
      names = "--top",
      defaultValue = "5",
      description = "Classes in the output (default ${DEFAULT-VALUE}).")
  int top;

  @Option(
      names = "--partitions",
      description = "Tasks; default: at least two a core, at most 1000 images each.")
  private Integer partitions;

  @Option(
      names = "--column",
      defaultValue = "content",
      description = "Parquet only: the column of encoded images (default ${DEFAULT-VALUE}).")
  private String column;

  /** Which images of a folder are meant. */
  @FunctionalInterface
  interface Lister {
    ImageSet list(String location, Configuration hadoop) throws IOException;
  }

  /**
   * Rows of {@link ImageScoring#SCHEMA}.
   *
   * @param notes hears what was passed over
   */
  Dataset<Row> score(SparkSession spark, Lister lister, PrintWriter notes) throws IOException {
    Scoring scoring =
        new Scoring(
            ShippedModel.of(spark.sparkContext(), model, options.engine()), options.batch(), top);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    if (isParquet(input, hadoop)) {
      return ofTable(spark, scoring);
    }
    ImageSet images = lister.list(input, hadoop);
    images.notes().forEach(note -> notes.println("note: " + note));
    return ImageScoring.score(spark, images, scoring, tasks(spark, images.images().size()));
  }

  private int tasks(SparkSession spark, int images) {
    if (partitions != null) {
      return partitions;
    }
    int bySize = (images + IMAGES_PER_TASK - 1) / IMAGES_PER_TASK;
    return Math.min(images, Math.max(2 * spark.sparkContext().defaultParallelism(), bySize));
  }

  private Dataset<Row> ofTable(SparkSession spark, Scoring scoring) throws IOException {
    Dataset<Row> table = spark.read().parquet(input);
    if (!Arrays.asList(table.columns()).contains(column)) {
      throw new IOException(
          input + ": has no column '" + column + "'; it has " + Arrays.toString(table.columns()));
    }
    boolean hasPath = Arrays.asList(table.columns()).contains("path");
    boolean hasLabel = Arrays.asList(table.columns()).contains("label");
    Dataset<Row> wanted =
        table.selectExpr(
            hasPath ? "path" : "cast(null as string) path",
            hasLabel ? "cast(label as string) truth" : "cast(null as string) truth",
            "`" + column + "` content");
    if (partitions != null) {
      wanted = wanted.repartition(partitions);
    }
    return ImageScoring.score(wanted, "content", "said", scoring)
        .selectExpr("path", "truth", "said.label label", "said.top top", "said.error error");
  }

  private static boolean isParquet(String location, Configuration hadoop) throws IOException {
    Path path = new Path(location);
    FileSystem files = path.getFileSystem(hadoop);
    if (!files.exists(path)) {
      throw new IOException(location + ": no such file or folder");
    }
    if (!files.getFileStatus(path).isDirectory()) {
      return location.endsWith(".parquet");
    }
    RemoteIterator<FileStatus> entries = files.listStatusIterator(path);
    while (entries.hasNext()) {
      FileStatus entry = entries.next();
      if (entry.isFile() && entry.getPath().getName().endsWith(".parquet")) {
        return true;
      }
    }
    return false;
  }
}
