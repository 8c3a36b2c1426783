package io.github.repvgg4j.bench.engine;

import ai.onnxruntime.OnnxTensor;
import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** ONNX Runtime on the same images again and again. */
record OnnxContender(ArithmeticPeak.Type precision, Form form, OnnxModel model, OnnxTensor images)
    implements Contender {

  /**
   * @param images direct, C order
   * @param shape [N, C, H, W]
   */
  static OnnxContender open(
      ArithmeticPeak.Type precision, Form form, Path file, FloatBuffer images, long[] shape) {
    return new OnnxContender(
        precision, form, OnnxModel.open(file), OnnxModel.tensor(images, shape));
  }

  @Override
  public String engine() {
    return Engines.ONNX;
  }

  @Override
  public float[] run() {
    return model.logits(images);
  }

  @Override
  public void close() {
    images.close();
    model.close();
  }
}
