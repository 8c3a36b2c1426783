package io.github.repvgg4j.deploy.readiness;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedEntries;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.deploy.predict.FastEngine;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.rewrite.RegionOutcome;
import io.github.repvgg4j.runtime.graph.UnsupportedLayerException;
import io.github.repvgg4j.runtime.source.MemorySource;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;

/**
 * What readiness is told from.
 *
 * @param network fused
 * @param form of the file
 * @param identityScales largest scale of the identity branch's BatchNorm, by the name of the block
 */
record ReadinessSource(FloatNetwork network, String form, Map<String, Double> identityScales) {

  static ReadinessSource read(Path file) throws IOException {
    try (SafeZip zip = ModelArchive.open(file)) {
      if (QuantizedEntries.isLean(zip)) {
        throw QuantizedEntries.leanFault(zip);
      }
    }
    if (ModelZip.readMetadata(file).form() == Form.FAST) {
      return new ReadinessSource(FloatNetwork.read(file), "fast", Map.of());
    }
    LoadedModel training = ModelZip.load(file);
    return new ReadinessSource(
        network(file, GraphFuser.fuse(training.network(), FuseOptions.DEFAULT)),
        "training",
        IdentityScales.of(training.network()));
  }

  /** What the fuser had to leave is why, where the rest is none that quantize can take. */
  private static FloatNetwork network(Path file, FusionResult fusion) throws IOException {
    try {
      return network(fusion.network());
    } catch (UnsupportedLayerException e) {
      if (fusion.refused().isEmpty()) {
        throw new UnsupportedLayerException(file.toString(), e);
      }
      RegionOutcome.Refused first = fusion.refused().get(0);
      throw new IOException(file + ": " + first.place() + " cannot be fused: " + first.reason(), e);
    }
  }

  private static FloatNetwork network(Model fused) throws IOException {
    InputShape any = InputShape.square(1); // nothing is run
    return FloatNetwork.read(
        new MemorySource(
            new NetworkParts(
                FastEngine.configuration(fused),
                FloatBuffer.wrap(Floats.values(fused.params())),
                any,
                Optional.empty())));
  }
}
