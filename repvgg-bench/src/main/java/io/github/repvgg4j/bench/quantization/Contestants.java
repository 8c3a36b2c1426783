package io.github.repvgg4j.bench.quantization;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.deploy.quantize.gate.Classifier;
import io.github.repvgg4j.deploy.quantize.scheme.Integers;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.IntegerTrace;
import io.github.repvgg4j.deploy.quantize.trace.Trace;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Forms of one network that are shown the same images; closed together. */
final class Contestants implements AutoCloseable {

  private static final QuantizedNetwork.Calibration UNSAID =
      new QuantizedNetwork.Calibration(1, "", "");

  private final byte[] configuration;
  private final List<FastLayer> layers;
  private final InputShape input;
  private final List<Classifier> classifiers = new ArrayList<>();
  private final List<Runnable> closing = new ArrayList<>();

  /**
   * @param fastZip whose structure all of them have
   */
  Contestants(Path fastZip, InputShape input) throws IOException {
    try (SafeZip zip = ModelArchive.open(fastZip)) {
      this.configuration = zip.read(ModelArchive.CONFIGURATION);
    }
    this.layers = ConfigurationReader.read(configuration).layers();
    this.input = input;
  }

  /** The fast runtime in float32. */
  void add(FloatNetwork network) {
    RuntimeOptions options = RuntimeOptions.of(Precision.FP32).selfCheck(SelfCheck.SKIP);
    add(FastNetwork.of(parts(network), options));
  }

  /** The fast runtime in integers, held against plain Java ones as it starts. */
  void add(Integers integers, int weightLimit) {
    QuantizedNetwork quantized =
        new QuantizedNetwork(integers.layers(), integers.codes(), weightLimit, "", UNSAID);
    NetworkParts parts = parts(integers.network());
    add(FastNetwork.of(parts, quantized, RuntimeOptions.of(Precision.INT8)));
  }

  /** Integers that the runtime has no kernels for. */
  void simulate(Integers integers) {
    IntegerTrace trace = integers.trace(input);
    classifiers.add((images, batch) -> trace.run(images, batch, Trace.Observer.NOBODY));
    closing.add(trace::close);
  }

  private void add(FastNetwork network) {
    classifiers.add((images, batch) -> network.logits(images, batch, input));
    closing.add(network::close);
  }

  private NetworkParts parts(FloatNetwork network) {
    long length = layers.stream().mapToLong(FastLayer::parameterCount).sum();
    FloatBuffer all = FloatBuffer.allocate(Math.toIntExact(length));
    for (int node = 0; node < layers.size(); node++) {
      List<float[]> arrays = network.arrays().get(node);
      for (int i = 0; i < arrays.size(); i++) {
        FloatBuffer stored = FloatBuffer.wrap(arrays.get(i).clone());
        layers.get(node).disarrange(i, stored);
        all.put(stored);
      }
    }
    return new NetworkParts(configuration, all.flip(), input, Optional.empty());
  }

  List<Classifier> classifiers() {
    return classifiers;
  }

  @Override
  public void close() {
    closing.forEach(Runnable::run);
  }
}
