package io.github.repvgg4j.modelzip;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.archive.MetadataJson;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Preprocessing;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
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
    AtomicFile.write(
        target,
        temporary -> {
          try (OutputStream out = Files.newOutputStream(temporary);
              ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(out, 1 << 16))) {
            writeEntries(zip);
          }
        });
  }

  private void writeEntries(ZipOutputStream zip) throws IOException {
    entry(
        zip, ModelSerializer.CONFIGURATION_JSON, configuration().getBytes(StandardCharsets.UTF_8));
    array(zip, ModelSerializer.COEFFICIENTS_BIN, network.params());
    if (updaterState != null && !updaterState.isEmpty()) {
      array(zip, ModelSerializer.UPDATER_BIN, updaterState);
    }
    if (metadata.preprocessing().isPresent()) {
      ByteArrayOutputStream normalizer = new ByteArrayOutputStream(); // the serializer closes it
      NormalizerSerializer.getDefault()
          .write(normalizer(metadata.preprocessing().get()), normalizer);
      entry(zip, ModelSerializer.NORMALIZER_BIN, normalizer.toByteArray());
    }
    entry(zip, ModelArchive.METADATA, MetadataJson.write(metadata));
    for (Map.Entry<String, byte[]> extra : extraEntries.entrySet()) {
      entry(zip, extra.getKey(), extra.getValue());
    }
  }

  private String configuration() {
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
  private static void array(ZipOutputStream zip, String name, INDArray values) throws IOException {
    Crc32Counter counter = new Crc32Counter();
    ArrayEntry.write(values, counter);
    ZipEntry entry = named(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(counter.bytes());
    entry.setCrc(counter.crc());
    zip.putNextEntry(entry);
    ArrayEntry.write(values, new BufferedOutputStream(zip, 1 << 16));
    zip.closeEntry();
  }

  private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(named(name));
    zip.write(content);
    zip.closeEntry();
  }

  private static ZipEntry named(String name) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(315_532_800_000L); // 1980-01-01, the zip format's first day
    return entry;
  }
}
