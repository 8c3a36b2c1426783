package io.github.repvgg4j.train;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.array.FiniteNumbers;
import io.github.repvgg4j.model.ModelConfig;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.FineTuneConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.yaml.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The model zip whose weights fine-tuning goes on from. */
final class SourceModel {

  private static final String KEY = "training.fineTune.from: ";

  /** For comparing all of a network but its last layer. */
  private static final int ANY_CLASSES = 2;

  private SourceModel() {}

  /**
   * Checks the file without loading its weights.
   *
   * @return the configuration with the file's hash in it
   * @throws IOException the file can't be read
   * @throws ConfigException it is no training form of the configured network, or not the file that
   *     the configuration's hash names
   */
  static TrainConfig check(TrainConfig config) throws IOException {
    FineTuneConfig fineTune = config.training().fineTune();
    if (fineTune == null) {
      return config;
    }
    Path file = Path.of(fineTune.from());
    ModelMetadata source = ModelZip.readMetadata(file);
    if (source.form() == ModelMetadata.Form.FAST) {
      throw new ConfigException(
          KEY + file + " is a fast form, which can't be trained; give the model.zip it came from");
    }
    RepVggSpec spec =
        source
            .spec()
            .orElseThrow(
                () ->
                    new ConfigException(
                        KEY
                            + file
                            + " does not say which RepVGG network it is; give the model.zip of a"
                            + " run or of import-weights"));
    requireSameNetwork(file, spec, config.model());
    String sha256 = Sha256.of(file);
    if (fineTune.sha256() != null && !fineTune.sha256().equalsIgnoreCase(sha256)) {
      throw new ConfigException(
          KEY + file + " has another SHA-256 than training.fineTune.sha256 says: " + sha256);
    }
    return config.withTraining(config.training().withFineTune(fineTune.withSha256(sha256)));
  }

  /**
   * What a user should hear of it: images that are normalised otherwise than those it was trained
   * on.
   */
  static Optional<String> note(TrainConfig config) throws IOException {
    FineTuneConfig fineTune = config.training().fineTune();
    if (fineTune == null) {
      return Optional.empty();
    }
    Preprocessing wanted = config.data().preprocessing();
    return ModelZip.readMetadata(Path.of(fineTune.from()))
        .preprocessing()
        .filter(own -> !own.mean().equals(wanted.mean()) || !own.std().equals(wanted.std()))
        .map(
            own ->
                fineTune.from()
                    + " was trained on images normalised with mean "
                    + own.mean()
                    + " and std "
                    + own.std()
                    + "; data.mean and data.std are others, of which its first layers know"
                    + " nothing");
  }

  private static void requireSameNetwork(Path file, RepVggSpec source, ModelConfig model) {
    RepVggSpec wanted = model.spec(model.numClasses() == null ? ANY_CLASSES : model.numClasses());
    Map<String, List<Object>> pairs = new LinkedHashMap<>();
    pairs.put("depths", List.of(source.depths(), wanted.depths()));
    pairs.put("widths", List.of(source.widths(), wanted.widths()));
    pairs.put("strides", List.of(source.strides(), wanted.strides()));
    pairs.put("block", List.of(source.blockOptions().kind(), wanted.blockOptions().kind()));
    pairs.put(
        "branches", List.of(source.blockOptions().branches(), wanted.blockOptions().branches()));
    pairs.put(
        "convolutions",
        List.of(
            source.blockOptions().structure().convolutions(),
            wanted.blockOptions().structure().convolutions()));
    pairs.put(
        "downsample",
        List.of(source.blockOptions().downsample(), wanted.blockOptions().downsample()));
    pairs.put("groups", List.of(source.blockOptions().groups(), wanted.blockOptions().groups()));
    pairs.put(
        "squeezeExcitation",
        List.of(
            source.blockOptions().squeezeExcitation(), wanted.blockOptions().squeezeExcitation()));
    pairs.put(
        "batchNormEps",
        List.of(source.blockOptions().batchNormEps(), wanted.blockOptions().batchNormEps()));
    pairs.put("input channels", List.of(source.input().channels(), wanted.input().channels()));
    pairs.forEach(
        (name, pair) -> {
          if (!pair.get(0).equals(pair.get(1))) {
            throw new ConfigException(
                String.format(
                    Locale.ROOT,
                    "%s%s has %s %s, the configured model %s; make model: the same network",
                    KEY,
                    file,
                    name,
                    word(pair.get(0)),
                    word(pair.get(1))));
          }
        });
  }

  /** As a file says it. */
  private static Object word(Object value) {
    return value instanceof Enum<?> constant ? Words.of(constant) : value;
  }

  /**
   * Copies its weights and BatchNorm statistics into a graph of the same network. The linear layer
   * is copied as well when the classes are the same; else it stays as it was drawn.
   *
   * @param labels classes of the graph
   * @return whether the linear layer was copied
   */
  static boolean copyTo(ComputationGraph graph, List<String> labels, FineTuneConfig fineTune)
      throws IOException {
    Path file = Path.of(fineTune.from());
    ModelZip.LoadedModel source = ModelZip.load(file);
    boolean sameClasses = source.metadata().labels().equals(labels);
    for (Layer layer : graph.getLayers()) {
      String name = layer.conf().getLayer().getLayerName();
      if (sameClasses || !name.equals(BlockNames.LINEAR)) {
        for (Map.Entry<String, INDArray> entry : layer.paramTable().entrySet()) {
          entry.getValue().assign(parameter(file, source, name, entry));
        }
      }
    }
    return sameClasses;
  }

  private static INDArray parameter(
      Path file, ModelZip.LoadedModel source, String layer, Map.Entry<String, INDArray> wanted)
      throws ArchiveException {
    Layer found =
        source.network() instanceof ComputationGraph graph && graph.getVertex(layer) != null
            ? graph.getLayer(layer)
            : null;
    INDArray values = found == null ? null : found.getParam(wanted.getKey());
    if (values == null || !Arrays.equals(values.shape(), wanted.getValue().shape())) {
      throw new ArchiveException(
          String.format(
              Locale.ROOT,
              "%s: %s (%s) is %s, the network that the file says it is has %s",
              file,
              layer,
              wanted.getKey(),
              values == null ? "missing" : Arrays.toString(values.shape()),
              Arrays.toString(wanted.getValue().shape())));
    }
    if (!FiniteNumbers.are(values)) {
      throw new ConfigException(
          KEY
              + file
              + " holds NaN or infinity ("
              + layer
              + ", "
              + wanted.getKey()
              + "): its training diverged, or it is damaged; give another");
    }
    return values;
  }
}
