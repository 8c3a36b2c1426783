package io.github.repvgg4j.runtime;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.FloatRest;
import io.github.repvgg4j.archive.quantized.QuantizedModel;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.archive.quantized.QuantizedZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.QuantizedFit;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** A network as a fast zip, and with integers in it. */
final class QuantizedFiles {

  private QuantizedFiles() {}

  /** Whether an INT8 zip keeps the float32 weights. */
  enum Floats {
    KEPT,
    LEFT_OUT
  }

  static Path fast(Path file, MultiLayerNetwork network, RepVggSpec spec) throws IOException {
    ModelZipWriter.of(network, ModelMetadata.of(Form.FAST, spec)).write(file);
    return file;
  }

  static Path quantized(Path fast, QuantizedNetwork integers, Path file, Floats floats)
      throws IOException {
    try (SafeZip zip = ModelArchive.open(fast)) {
      FastGraph graph = ConfigurationReader.read(zip.read(ModelArchive.CONFIGURATION));
      QuantizedNetwork made =
          new QuantizedNetwork(
              integers.layers(),
              integers.tensors(),
              integers.weightLimit(),
              QuantizedZip.floatWeights(zip),
              integers.calibration());
      Optional<FloatRest> rest =
          floats == Floats.KEPT ? Optional.empty() : Optional.of(QuantizedFit.rest(graph, made));
      new QuantizedZip(
              zip,
              new QuantizedModel(
                  made,
                  QuantizedFit.shapes(graph, made),
                  Collections.emptySortedMap(),
                  JsonNodeFactory.instance.objectNode(),
                  rest))
          .write(file);
    }
    return file;
  }
}
