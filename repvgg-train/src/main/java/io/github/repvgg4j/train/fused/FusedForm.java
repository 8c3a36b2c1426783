package io.github.repvgg4j.train.fused;

import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.array.HostMemory;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.spec.InputShape;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A trained network with its linear regions fused, in memory.
 *
 * @param network shares nothing with the trained one
 * @param probe what the trained one answers, which the fast runtime is held to
 */
public record FusedForm(Model network, Probe probe) {

  private static final long PROBE_SEED = 15031;

  /**
   * @param trained is not changed
   */
  public static FusedForm of(Model trained, InputShape input) {
    return new FusedForm(
        GraphFuser.fuse(trained, FuseOptions.DEFAULT).network(), probe(trained, input));
  }

  private static Probe probe(Model trained, InputShape input) {
    float[] values = Probe.values(PROBE_SEED, input, 1);
    try (INDArray images =
            Floats.array(values, 1, input.channels(), input.height(), input.width());
        INDArray logits = Logits.of(trained, images.castTo(trained.params().dataType()))) {
      return new Probe(PROBE_SEED, input, 1, Floats.values(logits));
    }
  }

  /**
   * The same in the fast runtime.
   *
   * @return closed by the caller
   * @throws io.github.repvgg4j.runtime.graph.UnsupportedLayerException a layer is not the runtime's
   * @throws io.github.repvgg4j.runtime.OneDnnUnavailableException there is no runtime here
   * @throws IllegalStateException it answers the probe otherwise, or this CPU lacks the precision
   */
  public FastNetwork fast(RuntimeOptions options) {
    byte[] configuration = ModelZipWriter.configuration(network).getBytes(StandardCharsets.UTF_8);
    FastNetwork[] fast = new FastNetwork[1];
    HostMemory.read(
        network.params().castTo(DataType.FLOAT),
        numbers ->
            fast[0] =
                FastNetwork.of(
                    new NetworkParts(configuration, numbers, probe.shape(), Optional.of(probe)),
                    options));
    return fast[0];
  }
}
