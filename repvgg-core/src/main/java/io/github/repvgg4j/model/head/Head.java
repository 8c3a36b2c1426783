package io.github.repvgg4j.model.head;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One output of a network. This is the one place where logits become answers, whichever engine
 * computed them.
 *
 * @param name of the layer or vertex that gives it
 * @param function from logits to answers, the head's own
 */
public record Head(String name, HeadFunction function) {

  /** The outputs of a network, in its order. */
  public static List<Head> of(Model network) {
    return HeadLayer.of(network).stream().map(HeadLayer::head).toList();
  }

  /**
   * What the network answers: probabilities where its head is a softmax or a sigmoid.
   *
   * @param logits this head's, as {@link Logits} gives them; not changed
   * @return of the same shape, float64; the caller's
   */
  public INDArray answers(INDArray logits) {
    return function.apply(logits);
  }

  /**
   * The same for one image of a classifier.
   *
   * @param logits one for each class; not changed
   */
  public double[] answers(double[] logits) {
    return function.apply(Nd4j.createFromArray(new double[][] {logits})).toDoubleVector();
  }
}
