package io.github.repvgg4j.deploy.convert;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.MetadataJson;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.ProjectVersion;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.FloatRest;
import io.github.repvgg4j.archive.quantized.QuantizedModel;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork.Calibration;
import io.github.repvgg4j.archive.quantized.QuantizedZip;
import io.github.repvgg4j.proof.Certificate;
import io.github.repvgg4j.proof.CertificateJson;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.QuantizedFit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Writes the INT8 zip of a fast zip: its entries, the integers, and what provenance and certificate
 * say of them.
 */
public final class QuantizedFile {

  /** What becomes of the float32 weights. */
  public enum FloatWeights {
    /** They stay: Deeplearning4j restores the file as before. */
    KEPT,
    /** Those that no layer needs any more are left out, and the training form with them. */
    LEFT_OUT
  }

  private QuantizedFile() {}

  /**
   * Writes it; an earlier file of that name is replaced only by a whole new one.
   *
   * @param fastZip what was quantized; not changed
   * @param network its integers, of a graph as {@link ConfigurationReader} reads it
   * @param observed see {@link QuantizedModel#observed}
   * @param report what the quantiser found, an object
   * @throws IOException one line, also where the integers belong to other weights
   * @throws IllegalArgumentException one line, where they do not fit the network
   */
  public static void write(
      Path fastZip,
      Path target,
      QuantizedNetwork network,
      SortedMap<Integer, Codes> observed,
      JsonNode report,
      FloatWeights floats)
      throws IOException {
    try (SafeZip zip = ModelArchive.open(fastZip)) {
      FastGraph graph = ConfigurationReader.read(zip.read(ModelArchive.CONFIGURATION));
      QuantizedFit.check(graph, network);
      Optional<FloatRest> rest =
          floats == FloatWeights.KEPT
              ? Optional.empty()
              : Optional.of(QuantizedFit.rest(graph, network));
      QuantizedModel model =
          new QuantizedModel(network, QuantizedFit.shapes(graph, network), observed, report, rest);
      QuantizedZip writer = new QuantizedZip(zip, model);
      writer.with(ModelArchive.METADATA, MetadataJson.write(metadata(zip, fastZip, network)));
      if (zip.has(Certificate.ENTRY)) {
        writer.with(Certificate.ENTRY, certificate(zip, writer.hash()));
      }
      writer.write(target);
    }
  }

  private static ModelMetadata metadata(SafeZip zip, Path fastZip, QuantizedNetwork network)
      throws IOException {
    Calibration calibration = network.calibration();
    return ModelArchive.metadata(zip)
        .orElseGet(() -> ModelMetadata.unknown(Form.FAST))
        .withoutProvenance(ModelMetadata.QUANTIZED)
        .withProvenance(key("by"), ProjectVersion.program())
        .withProvenance(key("parent.file"), fastZip.getFileName().toString())
        .withProvenance(key("parent.sha256"), Sha256.of(fastZip))
        .withProvenance(key("calibration.images"), Integer.toString(calibration.images()))
        .withProvenance(key("calibration.sha256"), calibration.hash())
        .withProvenance(key("calibration.activations"), calibration.activations())
        .withProvenance(key("weightLimit"), Integer.toString(network.weightLimit()));
  }

  private static String key(String name) {
    return ModelMetadata.QUANTIZED + name;
  }

  private static byte[] certificate(SafeZip zip, String integers) throws IOException {
    Certificate certificate;
    try {
      certificate = CertificateJson.read(zip.read(Certificate.ENTRY));
    } catch (ArchiveException e) {
      throw e;
    } catch (IOException e) {
      throw new ArchiveException(zip.path() + ": " + e.getMessage(), e);
    }
    return CertificateJson.write(certificate.withIntegers(integers));
  }
}
