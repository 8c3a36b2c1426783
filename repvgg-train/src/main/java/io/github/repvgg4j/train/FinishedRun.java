package io.github.repvgg4j.train;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.data.ImagePreprocessor;
import io.github.repvgg4j.data.ImageSplit;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.text.FailureWords;
import io.github.repvgg4j.train.config.FineTuneConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.report.ModelFindings;
import io.github.repvgg4j.train.report.RunReport;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run leaves behind, alike on one machine and on a cluster.
 *
 * @param labels the network's outputs in order
 * @param acceleration what computed, one line
 */
public record FinishedRun(
    RunFolder folder,
    TrainConfig config,
    RepVggSpec spec,
    List<String> labels,
    String acceleration) {

  private static final Logger LOG = LoggerFactory.getLogger(FinishedRun.class);

  /** What model.zip says of itself. */
  public static ModelMetadata metadata(TrainConfig config, RepVggSpec spec, List<String> labels) {
    ModelMetadata metadata =
        ModelMetadata.of(ModelMetadata.Form.TRAINING, spec)
            .withLabels(labels)
            .withPreprocessing(config.data().preprocessing())
            .withProvenance("program", ResultFile.program())
            .withProvenance("seed", Long.toString(config.training().seed()))
            .withProvenance("data", String.valueOf(Path.of(config.data().path()).getFileName()))
            .withProvenance("configuration", Training.fingerprint(config));
    FineTuneConfig fineTune = config.training().fineTune();
    return fineTune == null
        ? metadata
        : metadata.withProvenance("fineTunedFrom.sha256", fineTune.sha256());
  }

  /** Tests model.zip where the run itself has not kept its answers. */
  @FunctionalInterface
  public interface ModelTest {
    Evaluation of(ComputationGraph model) throws IOException;
  }

  /**
   * Writes report.html. The run is done; a page that cannot be made takes nothing from it.
   *
   * @param further what else was tested
   * @param test on all of {@code images} but {@code bad}, in their order
   */
  public void writeReport(
      RunResult result,
      List<EpochMetrics> metrics,
      FurtherTests further,
      ModelTest test,
      ImageSplit images,
      Set<String> bad) {
    try {
      ComputationGraph model = (ComputationGraph) ModelZip.load(folder.model()).network();
      ModelFindings findings =
          ModelFindings.of(
              model,
              spec,
              test.of(model),
              new ModelFindings.TestImages(
                  images,
                  bad,
                  new ImagePreprocessor(config.data().preprocessing(), spec.input()),
                  labels));
      RunReport.write(
          folder.report(),
          new RunReport.Content(
              folder.path().toAbsolutePath().normalize().getFileName().toString(),
              config,
              metrics,
              result.figures(further),
              acceleration,
              findings));
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} was not written: {}", folder.report(), FailureWords.of(e));
      LOG.debug("", e);
    }
  }
}
