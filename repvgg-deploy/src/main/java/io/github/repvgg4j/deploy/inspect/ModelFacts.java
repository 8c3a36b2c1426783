package io.github.repvgg4j.deploy.inspect;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.ProbeJson;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.archive.quantized.QuantizedModel;
import io.github.repvgg4j.model.input.NetworkInput;
import io.github.repvgg4j.model.input.UnknownInputException;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.runtime.source.ZipSource;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Everything that a model zip can tell.
 *
 * @param file the zip
 * @param bytes its size
 * @param sha256 of the zip
 * @param entries names within the zip
 * @param networkClass {@code ComputationGraph} or {@code MultiLayerNetwork}
 * @param input what it reads; empty where neither file nor caller nor layers tell
 * @param unknownInput why they do not; empty where they do
 * @param metadata what the file says of itself
 * @param network its layers
 * @param probe logits that it recorded for the fast runtime's self-check; empty where none
 * @param integers of an INT8 zip
 * @param batchNormEps what its BatchNorm layers add to the variance, each value once
 */
public record ModelFacts(
    Path file,
    long bytes,
    String sha256,
    List<String> entries,
    String networkClass,
    Optional<NetworkInput> input,
    String unknownInput,
    ModelMetadata metadata,
    NetworkFacts network,
    Optional<Probe> probe,
    Optional<QuantizedModel> integers,
    List<Double> batchNormEps) {

  /**
   * Loads the model and reads its facts.
   *
   * @param assumedInput shape of one image where the file does not say
   */
  public static ModelFacts read(Path file, Optional<InputShape> assumedInput) throws IOException {
    LoadedModel model = ModelZip.structure(file);
    Optional<NetworkInput> input = Optional.empty();
    String unknown = "";
    try {
      Optional<InputShape> stated = NetworkInput.stated(model.metadata().spec(), assumedInput);
      input = Optional.of(NetworkInput.of(model.network(), stated));
    } catch (UnknownInputException e) {
      if (assumedInput.isPresent() || model.metadata().spec().isPresent()) {
        throw new IOException(file + ": " + e.getMessage(), e);
      }
      unknown = e.getMessage();
    }
    return new ModelFacts(
        file,
        Files.size(file),
        Sha256.of(file),
        entries(file),
        model.network().getClass().getSimpleName(),
        input,
        unknown,
        model.metadata(),
        NetworkFacts.of(model.network(), input),
        probe(file),
        integers(file),
        batchNormEps(model.network()));
  }

  private static List<Double> batchNormEps(Model network) {
    Layer[] layers =
        network instanceof ComputationGraph graph
            ? graph.getLayers()
            : ((MultiLayerNetwork) network).getLayers();
    return Stream.of(layers)
        .map(layer -> layer.conf().getLayer())
        .filter(BatchNormalization.class::isInstance)
        .map(layer -> ((BatchNormalization) layer).getEps())
        .distinct()
        .sorted()
        .toList();
  }

  private static Optional<Probe> probe(Path file) throws IOException {
    try (SafeZip zip = ModelArchive.open(file)) {
      return ProbeJson.read(zip);
    }
  }

  private static Optional<QuantizedModel> integers(Path file) throws IOException {
    try (SafeZip zip = ModelArchive.open(file)) {
      return new ZipSource(zip).quantizedModel();
    }
  }

  private static List<String> entries(Path file) throws IOException {
    try (SafeZip zip = ModelArchive.open(file)) {
      return zip.entries().stream().map(ZipEntry::getName).sorted().toList();
    }
  }
}
