package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.answer.AnswerFunction;
import io.github.repvgg4j.answer.Meaning;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.runtime.image.ImageNetwork;
import io.github.repvgg4j.spec.InputShape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An engine with one output as what classifies images.
 *
 * @param engine closed with this
 */
public record EngineNetwork(Engine engine) implements ImageNetwork {

  @Override
  public float[] logits(float[] images, int count, InputShape shape) {
    long[] axes = {count, shape.channels(), shape.height(), shape.width()};
    try (INDArray input = Floats.array(images, axes);
        INDArray logits = engine.logits(input)) {
      return Floats.values(logits);
    }
  }

  @Override
  public AnswerFunction head() {
    return new HeadAnswers(engine.heads().get(0));
  }

  @Override
  public void close() {
    engine.close();
  }

  /** A head's answers to one image. */
  private record HeadAnswers(Head head) implements AnswerFunction {

    @Override
    public double[] of(double[] logits) {
      return head.answers(logits);
    }

    @Override
    public Meaning meaning() {
      return head.function().meaning();
    }

    @Override
    public String text() {
      return head.function().text();
    }
  }
}
