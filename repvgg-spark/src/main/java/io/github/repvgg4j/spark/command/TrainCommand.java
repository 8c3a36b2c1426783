package io.github.repvgg4j.spark.command;

import io.github.repvgg4j.spark.train.SparkJob;
import io.github.repvgg4j.spark.train.SparkTraining;
import io.github.repvgg4j.train.ConsoleProgress;
import io.github.repvgg4j.train.RunOptions;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      description = "The run's folder, instead of output.folder.")
  private Path output;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Folder with train/ and test/, packed or not, instead of data.path.")
  private String data;

  @ArgGroup private Start start;

  @Spec private CommandSpec spec;

  /** What to do with an earlier run in the folder. */
  private static final class Start {
    @Option(names = "--resume", description = "Go on from the newest checkpoint.")
    private boolean resume;

    @Option(names = "--overwrite", description = "Replace an earlier run.")
    private boolean overwrite;

    StartMode mode() {
      return resume ? StartMode.RESUME : StartMode.OVERWRITE;
    }
  }

  @Override
  public Integer call() throws Exception {
    SparkJob job = SparkJob.read(config);
    TrainConfig training = job.training();
    if (output != null) {
      training = training.withFolder(output);
    }
    if (data != null) {
      training = training.withData(training.data().insteadFrom(data));
    }
    StartMode mode = start == null ? StartMode.NEW : start.mode();
    try (ClusterOptions.Cluster opened = cluster.open();
        ConsoleProgress console = new ConsoleProgress(spec.commandLine().getOut())) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(opened.spark().sparkContext());
      SparkJob asked = new SparkJob(training, job.spark());
      console.summary(SparkTraining.run(context, asked, RunOptions.of(mode), console));
      return 0;
    }
  }
}
