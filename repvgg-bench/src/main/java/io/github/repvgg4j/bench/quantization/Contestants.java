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
    int length =
        network.arrays().stream().flatMap(List::stream).mapToInt(array -> array.length).sum();
    FloatBuffer all = FloatBuffer.allocate(length);
    network.arrays().stream().flatMap(List::stream).forEach(all::put);
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
