package io.github.repvgg4j.deploy.quantize;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.deploy.quantize.gate.Classifier;
import io.github.repvgg4j.deploy.quantize.scheme.Integers;
import io.github.repvgg4j.deploy.quantize.trace.IntegerTrace;
import io.github.repvgg4j.deploy.quantize.trace.Trace;
import io.github.repvgg4j.onednn.Cpu;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.runtime.source.ZipSource;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Who computes the INT8 network that the gate judges.
 *
 * @param classifier its answers
 * @param name in words
 * @param resource closed with this
 */
record IntegerJudge(Classifier classifier, String name, AutoCloseable resource)
    implements AutoCloseable {

  /**
   * The fast runtime, held against plain Java integers code by code as it starts. Where this CPU
   * lacks VNNI and the weights are of full range, which it would cut off, the same integers are
   * carried in float32.
   */
  static IntegerJudge of(
      Path fastZip, QuantizedNetwork quantized, Integers integers, InputShape input)
      throws IOException {
    if (quantized.weightLimit() == QuantizedNetwork.FULL_RANGE && Cpu.saturates()) {
      IntegerTrace trace = integers.trace(input);
      return new IntegerJudge(
          (images, batch) -> trace.run(images, batch, Trace.Observer.NOBODY),
          "integers carried in float32, as this CPU has no VNNI",
          trace);
    }
    FastNetwork network =
        FastNetwork.of(parts(fastZip, input), quantized, RuntimeOptions.of(Precision.INT8));
    return new IntegerJudge(
        (images, batch) -> network.logits(images, batch, input), network.description(), network);
  }

  private static NetworkParts parts(Path fastZip, InputShape input) throws IOException {
    try (SafeZip zip = ModelArchive.open(fastZip)) {
      return new ZipSource(zip).parts(input);
    }
  }

  @Override
  public void close() {
    try {
      resource.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
