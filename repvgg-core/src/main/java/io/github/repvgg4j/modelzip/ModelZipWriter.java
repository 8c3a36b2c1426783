package io.github.repvgg4j.modelzip;

import io.github.repvgg4j.archive.AtomicZip;
import io.github.repvgg4j.archive.MetadataJson;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Preprocessing;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Writes a network as DL4J's {@code ModelSerializer} would, plus {@code repvgg.json} and further
 * entries: any DL4J program restores it. The same network gives the same bytes (no timestamps), and
 * the file appears under its name only when it is whole.
 */
public final class ModelZipWriter {

  private static final int BUFFER_BYTES = 1 << 16;

  private final Model network;
  private final ModelMetadata metadata;
  private final Map<String, byte[]> extraEntries = new TreeMap<>();
  private INDArray updaterState;

  private ModelZipWriter(Model network, ModelMetadata metadata) {
    this.network = network;
    this.metadata = metadata.withoutProvenance(ModelMetadata.QUANTIZED); // it has no integers
  }

  /** A writer for a {@link ComputationGraph} or a {@link MultiLayerNetwork}. */
  public static ModelZipWriter of(Model network, ModelMetadata metadata) {
    return new ModelZipWriter(network, metadata);
  }

  /** Adds the state of DL4J's updater, so that {@code fit} can go on where it stopped. */
  public ModelZipWriter withUpdaterState() {
    updaterState =
        network instanceof ComputationGraph graph
            ? graph.getUpdater().getStateViewArray()
            : ((MultiLayerNetwork) network).getUpdater().getStateViewArray();
    return this;
  }

  /** Adds an entry that DL4J ignores, such as {@code certificate.json}. */
  public ModelZipWriter withEntry(String name, byte[] content) {
    extraEntries.put(name, content.clone());
    return this;
  }

  /** Writes the zip; an earlier file of that name is replaced only by a whole new one. */
  public void write(Path target) throws IOException {
    AtomicZip.write(target, this::writeEntries);
  }

  private void writeEntries(AtomicZip zip) throws IOException {
    zip.add(
        ModelSerializer.CONFIGURATION_JSON,
        configuration(network).getBytes(StandardCharsets.UTF_8));
    array(zip, ModelSerializer.COEFFICIENTS_BIN, network.params());
    if (updaterState != null && !updaterState.isEmpty()) {
      array(zip, ModelSerializer.UPDATER_BIN, updaterState);
    }
    if (metadata.preprocessing().isPresent()) {
      ByteArrayOutputStream normalizer = new ByteArrayOutputStream(); // the serializer closes it
      NormalizerSerializer.getDefault()
          .write(normalizer(metadata.preprocessing().get()), normalizer);
      zip.add(ModelSerializer.NORMALIZER_BIN, normalizer.toByteArray());
    }
    zip.add(ModelArchive.METADATA, MetadataJson.write(metadata));
    for (Map.Entry<String, byte[]> extra : extraEntries.entrySet()) {
      zip.add(extra.getKey(), extra.getValue());
    }
  }

  /** {@code configuration.json} of a network. */
  public static String configuration(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getConfiguration().toJson()
        : ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson();
  }

  /** DL4J's own normaliser for RGB values 0..255. */
  private static NormalizerStandardize normalizer(Preprocessing preprocessing) {
    return new NormalizerStandardize(scaled(preprocessing.mean()), scaled(preprocessing.std()));
  }

  private static INDArray scaled(List<Double> values) {
    double[] row = values.stream().mapToDouble(v -> v * 255).toArray();
    return Nd4j.createFromArray(new double[][] {row}).castTo(Nd4j.defaultFloatingPointType());
  }

  /** Stored, not compressed: float weights shrink by 7 %, which costs seconds at every level. */
  private static void array(AtomicZip zip, String name, INDArray values) throws IOException {
    zip.addStored(
        name, out -> ArrayEntry.write(values, new BufferedOutputStream(out, BUFFER_BYTES)));
  }
}
