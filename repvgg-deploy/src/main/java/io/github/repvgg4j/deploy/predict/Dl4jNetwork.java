package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.answer.FeatureMap;
import io.github.repvgg4j.answer.LinearHead;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.model.head.PooledHead;
import io.github.repvgg4j.model.input.NetworkInput;
import io.github.repvgg4j.model.input.UnknownInputException;
import io.github.repvgg4j.spec.InputShape;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Deeplearning4j, with its fast layer helpers where they are safe. One call at a time. */
final class Dl4jNetwork implements Engine {

  private final Model network;
  private final List<Head> heads;
  private final String description;

  Dl4jNetwork(Model network) {
    this(network, Optional.empty());
  }

  /**
   * In the place of the fast runtime.
   *
   * @param reason why oneDNN cannot be loaded
   */
  Dl4jNetwork(Model network, String reason) {
    this(network, Optional.of("Deeplearning4j, as oneDNN cannot be loaded: " + reason));
  }

  private Dl4jNetwork(Model network, Optional<String> description) {
    this.network = network;
    this.description = description.orElse("Deeplearning4j");
    this.heads = Head.of(network);
    Accelerator.enable(network);
  }

  @Override
  public List<Head> heads() {
    return heads;
  }

  @Override
  public synchronized List<INDArray> outputs(INDArray input) {
    return Logits.all(network, input);
  }

  @Override
  public ClassMaps maps() {
    PooledHead head = PooledHead.of(network);
    return new ClassMaps() {
      @Override
      public LinearHead linear() {
        return head.linear();
      }

      @Override
      public FeatureMap features(float[] image, InputShape shape) {
        long[] axes = {1, shape.channels(), shape.height(), shape.width()};
        synchronized (Dl4jNetwork.this) {
          try (INDArray input = Floats.array(image, axes)) {
            return head.features(input);
          }
        }
      }
    };
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public Optional<String> misfit(List<Long> shape) {
    try {
      NetworkInput.ofArray(network, shape);
      return Optional.empty();
    } catch (UnknownInputException e) {
      if (!e.readsNoImages()) {
        return Optional.of(e.getMessage());
      }
      return e.axes() == 0 || e.axes() == shape.size()
          ? Optional.empty()
          : Optional.of("needs an array of " + e.axes() + " axes");
    }
  }
}
