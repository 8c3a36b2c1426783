package io.github.repvgg4j.bench;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import io.github.repvgg4j.bench.Workload.Form;
import io.github.repvgg4j.model.BlockNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** PyTorch through DJL: its operators, called one by one from Java, as eager PyTorch does. */
record PyTorchContender(
    Form form, NDManager manager, Model model, Predictor<NDList, NDList> predictor, NDList images)
    implements Contender {

  static PyTorchContender open(Form form, Workload workload, INDArray images) {
    useThreads();
    NDManager manager = NDManager.newBaseManager(ai.djl.Device.cpu(), "PyTorch");
    boolean fused = form == Form.FUSED;
    SequentialBlock block =
        fused ? PyTorchBlocks.fused(workload.spec()) : PyTorchBlocks.threeBranch(workload.spec());
    List<INDArray> arrays = PyTorchBlocks.arrays(workload.spec(), table(workload, fused), fused);
    PyTorchBlocks.fill(block, manager, workload.spec(), arrays);
    Model model = Model.newInstance("repvgg", "PyTorch");
    model.setBlock(block);
    return new PyTorchContender(
        form,
        manager,
        model,
        model.newPredictor(new NoopTranslator(null)),
        new NDList(manager.create(images.data().asFloat(), new Shape(images.shape()))));
  }

  static void useThreads() {
    String threads = Integer.toString(Machine.threadsPerEngine());
    System.setProperty("ai.djl.pytorch.num_threads", threads);
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("DJL_DEFAULT_ENGINE", "PyTorch");
  }

  /** Layer name and key, the fused network's layers numbered by Deeplearning4j renamed. */
  private static Map<String, INDArray> table(Workload workload, boolean fused) {
    if (!fused) {
      return workload.threeBranch().paramTable();
    }
    Map<String, INDArray> table = new LinkedHashMap<>();
    var blocks = workload.spec().blocks();
    for (var layer : workload.fused().getLayers()) {
      int index = layer.getIndex();
      String name = index < blocks.size() ? blocks.get(index).name() : BlockNames.LINEAR;
      layer.paramTable().forEach((key, array) -> table.put(name + "_" + key, array));
    }
    return table;
  }

  @Override
  public String engine() {
    return "pytorch";
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
