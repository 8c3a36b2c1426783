package io.github.repvgg4j.train;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ProjectVersion;
import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.text.FailureWords;
import io.github.repvgg4j.train.StepSource.Part;
import io.github.repvgg4j.train.config.FineTuneConfig;
import io.github.repvgg4j.train.config.Fingerprint;
import io.github.repvgg4j.train.config.Loss;
import io.github.repvgg4j.train.config.ReparameterizeConfig;
import io.github.repvgg4j.train.config.TeacherConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.loop.NoUsableImagesException;
import io.github.repvgg4j.train.report.ModelFindings;
import io.github.repvgg4j.train.report.RunReport;
import io.github.repvgg4j.train.report.TestImages;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Measure;
import io.github.repvgg4j.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a run that is done leaves behind: result.json and report.html, about its model.zip. */
final class FinishedRun {

  private static final Logger LOG = LoggerFactory.getLogger(FinishedRun.class);

  private final RunFolder folder;
  private final StepSource steps;
  private final TrainConfig config;
  private final Consumer<String> notes;
  private ComputationGraph model;

  /**
   * @param notes hears what a user should
   */
  FinishedRun(RunFolder folder, StepSource steps, Consumer<String> notes) {
    this.folder = folder;
    this.steps = steps;
    this.config = steps.job().config();
    this.notes = notes;
  }

  /** What model.zip says of itself. */
  static ModelMetadata metadata(StepSource.Job job) {
    TrainConfig config = job.config();
    ModelMetadata metadata =
        ModelMetadata.of(ModelMetadata.Form.TRAINING, job.spec())
            .withLabels(job.images().labels())
            .withPreprocessing(config.data().preprocessing())
            .withProvenance("program", ProjectVersion.program())
            .withProvenance("seed", Long.toString(config.training().seed()))
            .withProvenance("data", String.valueOf(Path.of(config.data().path()).getFileName()))
            .withProvenance("configuration", Fingerprint.of(config));
    FineTuneConfig fineTune = config.training().fineTune();
    if (fineTune != null) {
      metadata = metadata.withProvenance("fineTunedFrom.sha256", fineTune.sha256());
    }
    TeacherConfig teacher = config.training().teacher();
    if (teacher != null) {
      metadata = metadata.withProvenance("teacher.sha256", teacher.sha256());
    }
    Optional<ReparameterizeConfig> scales = config.training().optimizer().reparameterized();
    if (scales.isPresent()) {
      metadata = metadata.withProvenance("reparameterizedFrom.sha256", scales.get().sha256());
    }
    for (Map.Entry<String, String> entry : job.provenance().entrySet()) {
      metadata = metadata.withProvenance(entry.getKey(), entry.getValue());
    }
    return metadata;
  }

  /**
   * @param known the test of model.zip, where this process has done it
   */
  void write(RunResult result, List<EpochMetrics> metrics, Optional<Evaluation> known)
      throws IOException {
    Map<String, Object> json = ResultFile.of(result, steps);
    FurtherTests further = new FurtherTests(measure(), averaged(), last());
    further.addTo(json);
    Evaluation evaluation =
        known.isPresent() ? known.get() : test(Part.TEST, TestTimeAveraging.NONE);
    json.put(
        "classes",
        ResultFile.classes(evaluation, steps.job().images().labels(), steps.trainedImages()));
    folder.writeResult(json);
    writeReport(result, metrics, further, evaluation);
  }

  private ComputationGraph model() throws IOException {
    if (model == null) {
      model = (ComputationGraph) ModelZip.load(folder.model()).network();
    }
    return model;
  }

  private Evaluation test(Part part, TestTimeAveraging averaging) throws IOException {
    return steps.test(model(), part, averaging, () -> false).orElseThrow();
  }

  /** How good it is, each test image counting alike. */
  private Measure measure() {
    return config.training().loss() == Loss.SIGMOID ? Measure.MEAN_AVERAGE_PRECISION : Measure.TOP1;
  }

  /** Of model.zip with several copies of each image; nothing is chosen by it. */
  private OptionalDouble averaged() throws IOException {
    TestTimeAveraging averaging = config.training().testTimeAveraging();
    if (averaging == TestTimeAveraging.NONE) {
      return OptionalDouble.empty();
    }
    double score = measure().of(test(Part.TEST, averaging).figures());
    LOG.info("{} averaged over copies ({}): {}", measure().key(), averaging, score);
    return OptionalDouble.of(score);
  }

  /** Of model.zip on the images that were kept for the end. */
  private OptionalDouble last() throws IOException {
    if (steps.job().images().finalTest() == 0) {
      return OptionalDouble.empty();
    }
    double score;
    try {
      score = measure().of(test(Part.FINAL_TEST, TestTimeAveraging.NONE).figures());
    } catch (NoUsableImagesException e) {
      notes.accept("test, kept for the end, says nothing: " + e.getMessage());
      return OptionalDouble.empty();
    }
    notes.accept(
        String.format(
            Locale.ROOT, "%s of test, at the end: %.2f %%", measure().label(), 100 * score));
    return OptionalDouble.of(score);
  }

  private RunReport.Figures figures(RunResult result, FurtherTests further) {
    return new RunReport.Figures(
        ProjectVersion.program(),
        result.top1(),
        further.averaged(),
        further.last(),
        result.lastTop1(),
        result.best(),
        result.bestEpoch(),
        result.seconds(),
        result.parameters(),
        steps.badImageCount());
  }

  /** The run is done; a page that cannot be made takes nothing from it. */
  private void writeReport(
      RunResult result, List<EpochMetrics> metrics, FurtherTests further, Evaluation evaluation) {
    try {
      StepSource.Images images = steps.job().images();
      RepVggSpec spec = steps.job().spec();
      TestImages tested =
          new TestImages(
              images.test(),
              steps.badImages().keySet(),
              new ImagePreprocessor(config.data().preprocessing(), spec.input()),
              images.labels(),
              steps.trainedImages());
      RunReport.write(
          folder.report(),
          new RunReport.Content(
              folder.path().toAbsolutePath().normalize().getFileName().toString(),
              config,
              metrics,
              figures(result, further),
              steps.job().acceleration(),
              ModelFindings.of(model(), spec, evaluation, tested)));
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} was not written: {}", folder.report(), FailureWords.of(e));
      LOG.debug("", e);
    }
  }
}
