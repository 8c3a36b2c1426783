package io.github.repvgg4j.spark.command;

import io.github.repvgg4j.spark.images.ImagePacker;
import io.github.repvgg4j.spark.images.ImageSet;
import io.github.repvgg4j.text.Count;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pack FOLDER OUT}. */
@Command(
    name = "pack",
    description = "Pack many small image files into a few tar files with an index.",
    mixinStandardHelpOptions = true)
final class PackCommand implements Callable<Integer> {

  @Mixin private ClusterOptions cluster;

  @Parameters(index = "0", paramLabel = "FOLDER", description = "class/image.jpg")
  private String folder;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "A new folder; train, predict and evaluate take it in place of FOLDER.")
  private String out;

  @Option(
      names = "--images-per-shard",
      defaultValue = "1000",
      description = "Images in a tar file (default ${DEFAULT-VALUE}).")
  private int imagesPerShard;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter terminal = spec.commandLine().getOut();
    try (ClusterOptions.Cluster opened = cluster.open()) {
      SparkSession spark = opened.spark();
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      ImageSet images = ImageSet.list(folder, context.hadoopConfiguration());
      images.notes().forEach(note -> spec.commandLine().getErr().println("note: " + note));
      ImagePacker.Report report = ImagePacker.pack(context, images, out, imagesPerShard);
      report.skipped().forEach(line -> terminal.println("skipped: " + line));
      terminal.println(
          Count.of(report.images(), "image")
              + " in "
              + Count.of(report.shards(), "shard")
              + ", "
              + report.skipped().size()
              + " skipped: "
              + out);
      return 0;
    }
  }
}
