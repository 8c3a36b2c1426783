package io.github.repvgg4j.spark.command;

import io.github.repvgg4j.spark.train.SparkJob;
import io.github.repvgg4j.spark.train.SparkTraining;
import io.github.repvgg4j.train.ConsoleProgress;
import io.github.repvgg4j.train.JobOptions;
import io.github.repvgg4j.train.RunOptions;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code train CONFIG.yaml}. */
@Command(
    name = "train",
    description =
        "Train as a YAML file of repvgg-train says, spread as its section 'spark:' says; model,"
            + " metrics and checkpoints stay on the driver.",
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {

  @Mixin private ClusterOptions cluster;

  @Parameters(index = "0", paramLabel = "CONFIG.yaml", description = "The job.")
  private Path config;

  @Mixin private JobOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    StartMode mode = options.mode();
    SparkJob job = SparkJob.read(config, options.overrides());
    try (ClusterOptions.Cluster opened = cluster.open();
        ConsoleProgress console = new ConsoleProgress(spec.commandLine().getOut())) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(opened.spark().sparkContext());
      console.summary(SparkTraining.run(context, job, RunOptions.of(mode), console));
      return 0;
    }
  }
}
