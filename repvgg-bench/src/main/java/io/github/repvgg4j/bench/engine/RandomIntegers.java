package io.github.repvgg4j.bench.engine;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork.Calibration;
import io.github.repvgg4j.archive.quantized.QuantizedZip;
import io.github.repvgg4j.deploy.convert.QuantizedFile;
import io.github.repvgg4j.deploy.convert.QuantizedFile.FloatWeights;
import io.github.repvgg4j.deploy.quantize.scale.CalibrationSet;
import io.github.repvgg4j.deploy.quantize.scheme.Integers;
import io.github.repvgg4j.deploy.quantize.scheme.Parts;
import io.github.repvgg4j.deploy.quantize.scheme.Quantiser;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.Equalisation;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.Rounding;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.onednn.Cpu;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A random network as {@code quantize} would write it, calibrated on a few of the images that are
 * measured with; nobody asks how well it classifies.
 */
final class RandomIntegers {

  private static final int IMAGES = 8;

  private RandomIntegers() {}

  /** Every layer in integers, with weights that this CPU computes exactly. */
  static void write(Path fastZip, Path target, Workload workload, FloatWeights floats)
      throws IOException {
    FloatNetwork network = FloatNetwork.read(fastZip);
    int limit = Cpu.saturates() ? QuantizedNetwork.PORTABLE : QuantizedNetwork.FULL_RANGE;
    Scheme scheme =
        Scheme.STANDARD
            .withRounding(Rounding.NEAREST)
            .withEqualisation(Equalisation.NEVER)
            .withLimit(limit);
    try (INDArray images = workload.images(IMAGES)) {
      CalibrationSet set = CalibrationSet.of(images.data().asFloat(), workload.spec().input());
      Integers integers =
          new Quantiser(network, set, Parts.of(network, Set.of())).by(scheme).integers();
      QuantizedNetwork quantized =
          new QuantizedNetwork(
              integers.layers(),
              integers.codes(),
              limit,
              floatWeights(fastZip),
              new Calibration(IMAGES, "0".repeat(64), scheme.activations().toString()));
      QuantizedFile.write(
          fastZip,
          target,
          quantized,
          integers.observed(),
          JsonNodeFactory.instance.objectNode(),
          floats);
    }
  }

  private static String floatWeights(Path fastZip) throws IOException {
    try (SafeZip zip = ModelArchive.open(fastZip)) {
      return QuantizedZip.floatWeights(zip);
    }
  }
}
