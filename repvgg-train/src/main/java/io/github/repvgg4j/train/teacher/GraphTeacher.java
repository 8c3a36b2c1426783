package io.github.repvgg4j.train.teacher;

import io.github.repvgg4j.accelerate.AccelerationMode;
import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.spec.InputShape;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** By Deeplearning4j, with its fast layer helpers where they are safe. */
final class GraphTeacher implements Teacher {

  private final Model network;
  private final String reason;

  /**
   * @param reason why it is not the fast runtime
   */
  GraphTeacher(Model network, AccelerationMode mode, String reason) {
    this.network = network;
    this.reason = reason;
    Accelerator.enable(network, mode);
  }

  @Override
  public float[] logits(float[] images, int batch, InputShape shape) {
    DataType type = network.params().dataType();
    try (INDArray values =
            Floats.array(images, batch, shape.channels(), shape.height(), shape.width());
        INDArray logits = Logits.of(network, values.castTo(type))) {
      return Floats.values(logits);
    }
  }

  @Override
  public String description() {
    return "Deeplearning4j (" + reason + ")";
  }

  @Override
  public void close() {}
}
