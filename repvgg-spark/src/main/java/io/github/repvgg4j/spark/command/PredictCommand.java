package io.github.repvgg4j.spark.command;

import io.github.repvgg4j.spark.images.ImageSet;
import io.github.repvgg4j.text.Count;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code predict FAST.zip INPUT OUTPUT}. */
@Command(
    name = "predict",
    description = "Predict every image of INPUT; OUTPUT is Parquet.",
    mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer> {

  @Mixin private ClusterOptions cluster;
  @Mixin private ScoringOptions scoring;

  @Parameters(
      index = "2",
      paramLabel = "OUTPUT",
      description =
          "A new folder of Parquet: path, truth, label, top (label and probability, or output),"
              + " error. A"
              + " broken image is a row with an error.")
  private String output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    try (ClusterOptions.Cluster opened = cluster.open()) {
      SparkSession spark = opened.spark();
      WholeParquet.requireNew(spark, output);
      WholeParquet.write(scoring.score(spark, ImageSet::list, spec.commandLine().getErr()), output);
      long rows = spark.read().parquet(output).count();
      long errors = spark.read().parquet(output).filter("error is not null").count();
      spec.commandLine()
          .getOut()
          .println(Count.of(rows, "image") + ", " + errors + " of them with an error: " + output);
      return 0;
    }
  }
}
