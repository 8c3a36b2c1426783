package io.github.repvgg4j.modelzip;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedEntries;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * Reads model zips safely: DL4J's own restoring Java-deserializes {@code preprocessor.bin} and
 * follows local zip headers, so it is never called on a file. {@link ModelZipWriter} writes them.
 */
public final class ModelZip {

  private ModelZip() {}

  /**
   * A network and what its file says of it.
   *
   * @param network a {@link ComputationGraph} or a {@link MultiLayerNetwork}, initialised
   * @param metadata {@link ModelMetadata#unknown} for a plain DL4J zip
   */
  public record LoadedModel(Model network, ModelMetadata metadata) {}

  /** Whether the state of the optimizer is read as well. */
  public enum UpdaterState {
    SKIP,
    LOAD
  }

  /** Loads a model for inference, without the optimizer's state. */
  public static LoadedModel load(Path path) throws IOException {
    return load(path, UpdaterState.SKIP);
  }

  /**
   * Loads either form of model.
   *
   * @throws ArchiveException one line that names the file, the entry and the fault
   */
  public static LoadedModel load(Path path, UpdaterState updater) throws IOException {
    try (SafeZip zip = ModelArchive.open(path)) {
      byte[] json = zip.read(ModelSerializer.CONFIGURATION_JSON);
      JsonNode root = ConfigurationCheck.check(zip, json);
      boolean graph = root.has("vertices");
      if (!graph && !root.has("confs")) {
        throw zip.fault("configuration.json is neither a ComputationGraph nor a MultiLayerNetwork");
      }
      if (QuantizedEntries.isLean(zip)) {
        throw QuantizedEntries.leanFault(zip);
      }
      INDArray parameters = ArrayEntry.readVector(zip, ModelSerializer.COEFFICIENTS_BIN);
      Model network = build(zip, LegacyConfiguration.text(json, root), graph, parameters);
      if (updater == UpdaterState.LOAD && zip.has(ModelSerializer.UPDATER_BIN)) {
        setUpdaterState(network, ArrayEntry.readVector(zip, ModelSerializer.UPDATER_BIN));
      }
      return new LoadedModel(network, metadata(zip, graph));
    }
  }

  /**
   * A model for who looks at its layers: as {@link #load(Path)}, but that of a lean INT8 zip, which
   * has no float32 weights, is given with weights of zero.
   */
  public static LoadedModel structure(Path path) throws IOException {
    try (SafeZip zip = ModelArchive.open(path)) {
      if (!QuantizedEntries.isLean(zip)) {
        return load(path);
      }
      byte[] json = zip.read(ModelSerializer.CONFIGURATION_JSON);
      JsonNode root = ConfigurationCheck.check(zip, json);
      boolean graph = root.has("vertices");
      long length = QuantizedEntries.rest(zip).parameters();
      INDArray zeros = Nd4j.create(DataType.FLOAT, 1, length);
      Model network = build(zip, LegacyConfiguration.text(json, root), graph, zeros);
      return new LoadedModel(network, metadata(zip, graph));
    }
  }

  /** What the file says of itself, without loading the network. */
  public static ModelMetadata readMetadata(Path path) throws IOException {
    try (SafeZip zip = ModelArchive.open(path)) {
      byte[] json = zip.read(ModelSerializer.CONFIGURATION_JSON);
      return metadata(zip, ConfigurationCheck.check(zip, json).has("vertices"));
    }
  }

  private static Model build(SafeZip zip, String json, boolean graph, INDArray parameters)
      throws ArchiveException {
    try {
      if (graph) {
        ComputationGraphConfiguration configuration = ComputationGraphConfiguration.fromJson(json);
        configuration.setDataType(parameters.dataType()); // old ones do not say it
        configuration.validate(true, true); // DL4J does it for builders only, not for files
        ComputationGraph network = new ComputationGraph(configuration);
        network.init(parameters, false);
        return network;
      }
      MultiLayerConfiguration configuration = MultiLayerConfiguration.fromJson(json);
      configuration.setDataType(parameters.dataType());
      MultiLayerNetwork network = new MultiLayerNetwork(configuration);
      network.init(parameters, false);
      return network;
    } catch (RuntimeException e) {
      throw new ArchiveException(
          zip.path() + ": Deeplearning4j cannot build this network: " + firstLine(e), e);
    }
  }

  private static String firstLine(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.lines().findFirst().orElse("");
  }

  private static void setUpdaterState(Model network, INDArray state) {
    if (network instanceof ComputationGraph graph) {
      graph.getUpdater().setStateViewArray(state);
    } else {
      MultiLayerNetwork layers = (MultiLayerNetwork) network;
      layers.getUpdater().setStateViewArray(layers, state, false);
    }
  }

  private static ModelMetadata metadata(SafeZip zip, boolean graph) throws IOException {
    return ModelArchive.metadata(zip)
        .orElseGet(() -> ModelMetadata.unknown(graph ? Form.TRAINING : Form.FAST));
  }
}
