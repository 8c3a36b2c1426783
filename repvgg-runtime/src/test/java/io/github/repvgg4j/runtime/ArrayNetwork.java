package io.github.repvgg4j.runtime;

import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.array.RowMajor;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.runtime.check.SelfCheckReport;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.spec.InputShape;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A {@link FastNetwork} made of DL4J's network, for DL4J's arrays. */
public record ArrayNetwork(FastNetwork network) implements AutoCloseable {

  /** Checked against the plain-Java reference. */
  public static ArrayNetwork of(Model network, InputShape input, RuntimeOptions options) {
    return new ArrayNetwork(FastNetwork.of(parts(network, input, Optional.empty()), options));
  }

  public static NetworkParts parts(Model network, InputShape input, Optional<Probe> probe) {
    String json =
        network instanceof ComputationGraph graph
            ? graph.getConfiguration().toJson()
            : ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson();
    return new NetworkParts(
        json.getBytes(StandardCharsets.UTF_8),
        FloatBuffer.wrap(Floats.values(network.params())),
        input,
        probe);
  }

  /** What DL4J says of probe images. */
  public static Probe probe(Model network, long seed, InputShape shape, int images) {
    long[] axes = {images, shape.channels(), shape.height(), shape.width()};
    INDArray input = Floats.array(Probe.values(seed, shape, images), axes);
    return new Probe(seed, shape, images, Floats.values(Logits.of(network, input)));
  }

  INDArray logits(INDArray images) {
    float[] values = RowMajor.of(images).dup('c').data().asFloat();
    int batch = (int) images.size(0);
    InputShape shape =
        new InputShape((int) images.size(1), (int) images.size(2), (int) images.size(3));
    return Floats.array(network.logits(values, batch, shape), batch, network.output().length());
  }

  Optional<SelfCheckReport> selfCheck() {
    return network.selfCheck();
  }

  @Override
  public void close() {
    network.close();
  }
}
