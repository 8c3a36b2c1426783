package io.github.repvgg4j.accelerate.chain;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Linear layer, softmax and cross-entropy with soft targets, or a teacher, and their gradients.
 * Small beside the convolutions, so ND4J's own operations do.
 */
final class Classifier {

  private final INDArray features;
  private final INDArray featureGradient;
  private final INDArray weights;
  private final INDArray bias;
  private final INDArray weightGradient;
  private final INDArray biasGradient;

  /**
   * @param images N
   * @param parameters flat vector
   * @param gradient flat vector, written by {@link #run}
   */
  Classifier(ChainNode.Head node, long images, INDArray parameters, INDArray gradient) {
    this.features = Nd4j.create(DataType.FLOAT, images, node.features());
    this.featureGradient = Nd4j.create(DataType.FLOAT, images, node.features());
    this.weights = matrix(node, parameters);
    this.weightGradient = matrix(node, gradient);
    this.bias = Ranges.of(parameters, node.bias());
    this.biasGradient = Ranges.of(gradient, node.bias());
  }

  private static INDArray matrix(ChainNode.Head node, INDArray flat) {
    return Ranges.of(flat, node.weights()).reshape('f', node.features(), node.classes());
  }

  /** {@code [N, features]} in C order, to be written before {@link #run}. */
  INDArray features() {
    return features;
  }

  /** {@code [N, features]} in C order, written by {@link #run}. */
  INDArray featureGradient() {
    return featureGradient;
  }

  /**
   * @param targets {@code [N, classes]}, rows sum to 1; or {@code [N, 2 classes]} where there is a
   *     teacher
   * @return the mean loss; gradients are sums over the batch
   */
  double run(INDArray targets, Distillation distillation) {
    INDArray scores = features.mmul(weights).addiRowVector(bias);
    if (targets.size(1) == scores.size(1)) {
      return crossEntropy(scores, targets);
    }
    Distillation.Value value = distillation.of(scores, targets);
    backward(value.gradient());
    return value.losses().sumNumber().doubleValue() / targets.size(0);
  }

  private double crossEntropy(INDArray scores, INDArray targets) {
    scores.subiColumnVector(scores.max(true, 1));
    INDArray powers = Transforms.exp(scores, true);
    INDArray sums = powers.sum(true, 1);
    INDArray logs = scores.subiColumnVector(Transforms.log(sums, true));
    double loss = -logs.mul(targets).sumNumber().doubleValue() / targets.size(0);
    backward(powers.diviColumnVector(sums).subi(targets));
    return loss;
  }

  /**
   * @param difference {@code [N, classes]}, gradient by the logits
   */
  private void backward(INDArray difference) {
    features.transpose().mmuli(difference, weightGradient);
    biasGradient.assign(difference.sum(0));
    difference.mmuli(weights.transpose(), featureGradient);
  }
}
