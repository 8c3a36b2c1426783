package io.github.repvgg4j.train.teacher;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.array.FiniteNumbers;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.OneDnnUnavailableException;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.graph.UnsupportedLayerException;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.fused.FusedForm;
import java.io.IOException;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads model zips as teachers: a training form is fused first, and what the fast runtime has is
 * computed by it, in the precision of the student's gradient.
 */
final class ZipTeachers {

  private static final Logger LOG = LoggerFactory.getLogger(ZipTeachers.class);
  private static final String SOFTMAX = "softmax";

  private final TeacherFile file;
  private final TrainConfig config;
  private final InputShape input;

  private ZipTeachers(TeacherFile file, TrainConfig config, InputShape input) {
    this.file = file;
    this.config = config;
    this.input = input;
  }

  /**
   * Loads the teacher of a job.
   *
   * @throws IOException the file can't be read: one line
   * @throws ConfigException it does not fit the job: one line
   */
  static LoadedTeacher load(TrainConfig config, List<String> labels) throws IOException {
    TeacherFile file = TeacherFile.read(config, labels);
    InputShape input = config.model().spec(labels.size()).input();
    return new LoadedTeacher(new ZipTeachers(file, config, input).load(), file.notes());
  }

  private Teacher load() throws IOException {
    if (file.metadata().form() == ModelMetadata.Form.FAST) {
      try {
        return fast(options -> FastNetwork.load(file.path(), options));
      } catch (UnsupportedLayerException | OneDnnUnavailableException e) {
        return graph(ModelZip.load(file.path()).network(), e.getMessage());
      }
    }
    Model model = ModelZip.load(file.path()).network();
    requireSoftmax(model);
    if (!FiniteNumbers.are(model.params())) {
      throw TeacherFile.fault(
          file.path(),
          "holds NaN or infinity: its training diverged, or it is damaged; give another");
    }
    FusedForm fused = FusedForm.of(model, input);
    try {
      return fast(fused::fast);
    } catch (UnsupportedLayerException | OneDnnUnavailableException e) {
      return graph(fused.network(), e.getMessage());
    }
  }

  private interface NetworkSupplier {
    FastNetwork with(RuntimeOptions options) throws IOException;
  }

  private Teacher fast(NetworkSupplier supplier) throws IOException {
    Precision precision = config.backend().precision().arithmetic();
    FastNetwork network = null;
    try {
      network = supplier.with(RuntimeOptions.of(precision));
    } catch (IllegalStateException e) {
      if (precision == Precision.FP32) {
        throw e;
      }
      LOG.info("the teacher is computed in fp32: {}", e.getMessage());
      network = supplier.with(RuntimeOptions.of(Precision.FP32));
    }
    if (!network.head().text().equals(SOFTMAX)) {
      network.close();
      throw noClassifier(network.head().text());
    }
    return new FastTeacher(network);
  }

  private Teacher graph(Model network, String reason) {
    requireSoftmax(network);
    return new GraphTeacher(network, config.backend().accelerate(), reason);
  }

  private void requireSoftmax(Model network) {
    List<Head> heads = Head.of(network);
    if (heads.size() != 1 || !heads.get(0).function().text().equals(SOFTMAX)) {
      throw noClassifier(String.join(", ", heads.stream().map(h -> h.function().text()).toList()));
    }
  }

  private ConfigException noClassifier(String heads) {
    return TeacherFile.fault(
        file.path(), "ends in " + heads + "; a teacher has one output, a softmax");
  }
}
