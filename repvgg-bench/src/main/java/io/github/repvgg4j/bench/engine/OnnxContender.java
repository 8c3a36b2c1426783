package io.github.repvgg4j.bench.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import io.github.repvgg4j.bench.measure.Machine;
import io.github.repvgg4j.deploy.onnx.OnnxExport;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** ONNX Runtime on the file that {@code export-onnx} writes, all graph optimisations on. */
record OnnxContender(
    ArithmeticPeak.Type precision, Form form, OrtSession session, OnnxTensor images)
    implements Contender {

  /**
   * @param images direct, C order
   * @param shape [N, C, H, W]
   */
  static OnnxContender open(
      ArithmeticPeak.Type precision, Form form, Path file, FloatBuffer images, long[] shape) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(Machine.threadsPerEngine());
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      OrtSession session = environment.createSession(file.toString(), options);
      return new OnnxContender(
          precision, form, session, OnnxTensor.createTensor(environment, images, shape));
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String engine() {
    return Engines.ONNX;
  }

  @Override
  public float[] run() {
    try (OrtSession.Result result = session.run(Map.of(OnnxExport.INPUT, images))) {
      FloatBuffer logits = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] answer = new float[logits.remaining()];
      logits.get(answer);
      return answer;
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      images.close();
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
