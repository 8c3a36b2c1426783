package io.github.repvgg4j.spark.command;

import io.github.repvgg4j.spark.images.ImageSet;
import io.github.repvgg4j.spark.predict.Accuracy;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code evaluate FAST.zip INPUT [OUTPUT]}. */
@Command(
    name = "evaluate",
    description = "Accuracy over images whose folder (or column 'label') names their class.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {

  @Mixin private ClusterOptions cluster;
  @Mixin private ScoringOptions scoring;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "OUTPUT",
      description = "A new folder of Parquet with a row for each image, as 'predict' writes.")
  private String output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    try (ClusterOptions.Cluster opened = cluster.open()) {
      SparkSession spark = opened.spark();
      if (output != null) {
        WholeParquet.requireNew(spark, output);
      }
      Dataset<Row> scored = scoring.score(spark, ImageSet::labelled, spec.commandLine().getErr());
      if (output != null) {
        WholeParquet.write(scored, output);
        scored = spark.read().parquet(output);
      }
      spec.commandLine().getOut().println(Accuracy.of(scored).summary(scoring.top));
      return 0;
    }
  }
}
