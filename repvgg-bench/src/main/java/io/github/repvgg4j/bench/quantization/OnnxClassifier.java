package io.github.repvgg4j.bench.quantization;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.repvgg4j.bench.measure.Machine;
import io.github.repvgg4j.deploy.onnx.OnnxExport;
import io.github.repvgg4j.deploy.quantize.gate.Classifier;
import io.github.repvgg4j.spec.InputShape;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** ONNX Runtime on a file for any number of images. */
record OnnxClassifier(OrtSession session, InputShape input) implements Classifier, AutoCloseable {

  static OnnxClassifier open(Path file, InputShape input) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(Machine.threadsPerEngine());
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      return new OnnxClassifier(
          OrtEnvironment.getEnvironment().createSession(file.toString(), options), input);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public float[] logits(float[] images, int batch) {
    long[] shape = {batch, input.channels(), input.height(), input.width()};
    try (OnnxTensor tensor =
            OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), FloatBuffer.wrap(images), shape);
        OrtSession.Result result = session.run(Map.of(OnnxExport.INPUT, tensor))) {
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
