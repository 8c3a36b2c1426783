package io.github.repvgg4j.bench.engine;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import io.github.repvgg4j.spec.RepVggSpec;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** PyTorch through DJL: its operators, called one by one from Java, as eager PyTorch does. */
record PyTorchContender(
    Form form, NDManager manager, Model model, Predictor<NDList, NDList> predictor, NDList images)
    implements Contender {

  /**
   * @param file of {@link PyTorchBlocks#write}
   * @param images C order
   * @param shape [N, C, H, W]
   */
  static PyTorchContender open(
      Form form, RepVggSpec spec, Path file, FloatBuffer images, long[] shape) {
    PyTorchBlocks.useThreads();
    NDManager manager = NDManager.newBaseManager(ai.djl.Device.cpu(), "PyTorch");
    Model model = Model.newInstance("repvgg", "PyTorch");
    model.setBlock(PyTorchBlocks.read(file, spec, form, manager));
    return new PyTorchContender(
        form,
        manager,
        model,
        model.newPredictor(new NoopTranslator(null)),
        new NDList(manager.create(images, new Shape(shape))));
  }

  @Override
  public String engine() {
    return Engines.PYTORCH;
  }

  @Override
  public ArithmeticPeak.Type precision() {
    return ArithmeticPeak.Type.FP32;
  }

  @Override
  public float[] run() {
    try {
      NDList answer = predictor.predict(images);
      float[] logits = answer.singletonOrThrow().toFloatArray();
      answer.close();
      return logits;
    } catch (TranslateException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    predictor.close();
    model.close();
    manager.close();
  }
}
