package io.github.repvgg4j.bench.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.repvgg4j.bench.measure.Machine;
import io.github.repvgg4j.deploy.onnx.OnnxExport;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** ONNX Runtime on a file that {@code export-onnx} writes, all graph optimisations on. */
public record OnnxModel(OrtSession session) implements AutoCloseable {

  public static OnnxModel open(Path file) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(Machine.threadsPerEngine());
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      return new OnnxModel(OrtEnvironment.getEnvironment().createSession(file.toString(), options));
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Images as a tensor, which the caller closes.
   *
   * @param images C order
   * @param shape [N, C, H, W]
   */
  public static OnnxTensor tensor(FloatBuffer images, long[] shape) {
    try {
      return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), images, shape);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @return {@code [N, classes]}
   */
  public float[] logits(OnnxTensor images) {
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
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
