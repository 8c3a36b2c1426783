package io.github.repvgg4j.bench.engine;

import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import io.github.repvgg4j.deploy.predict.Engine;
import io.github.repvgg4j.deploy.predict.FastEngine;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import java.io.IOException;
import java.nio.file.Path;
import org.nd4j.linalg.api.ndarray.INDArray;

/** This project's fast runtime. */
record FastContender(String engine, ArithmeticPeak.Type precision, Engine network, INDArray images)
    implements Contender {

  /** Not self-checked: the benchmark's own gate does that. */
  static FastContender open(
      String engine,
      ArithmeticPeak.Type precision,
      int threads,
      Workload workload,
      INDArray images) {
    RuntimeOptions options =
        RuntimeOptions.of(Precision.valueOf(precision.name()))
            .threads(threads)
            .convolutions(convolutions(engine))
            .selfCheck(SelfCheck.SKIP);
    return new FastContender(
        engine,
        precision,
        FastEngine.of(workload.fused(), workload.spec().input(), options),
        images);
  }

  /**
   * In integers. Self-checked: each code is the plain Java integer reference's, which the gate's
   * distance from float32 cannot tell.
   */
  static FastContender ofIntegers(Path int8Zip, INDArray images) throws IOException {
    RuntimeOptions options = RuntimeOptions.of(Precision.INT8).selfCheck(SelfCheck.RECORDED);
    return new FastContender(
        Engines.FAST, ArithmeticPeak.Type.INT8, FastEngine.load(int8Zip, options), images);
  }

  /** What a fast runtime of this name takes. */
  static Convolutions convolutions(String engine) {
    return engine.equals(Engines.FAST_DIRECT) ? Convolutions.DIRECT : Convolutions.FASTEST;
  }

  @Override
  public double saving() {
    boolean winograd = precision == ArithmeticPeak.Type.FP32 && engine.equals(Engines.FAST);
    return winograd ? 4 : 1;
  }

  @Override
  public Form form() {
    return Form.FUSED;
  }

  @Override
  public float[] run() {
    INDArray logits = network.logits(images);
    float[] answer = logits.data().asFloat();
    logits.close();
    return answer;
  }

  @Override
  public void close() {
    network.close();
  }
}
