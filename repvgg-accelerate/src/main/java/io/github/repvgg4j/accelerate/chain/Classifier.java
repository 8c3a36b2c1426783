package io.github.repvgg4j.accelerate.chain;

import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Linear layer and a loss with soft targets, or a teacher, and their gradients. Small beside the
 * convolutions, so ND4J's own operations do.
 */
final class Classifier {

  private final HeadLoss loss;
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
    this.loss = node.loss();
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
   * @param targets {@code [N, classes]}, as the loss wants them; or {@code [N, 2 classes]} where
   *     there is a teacher
   * @return the mean loss; gradients are sums over the batch
   */
  double run(INDArray targets, Distillation distillation) {
    INDArray scores = features.mmul(weights).addiRowVector(bias);
    if (targets.size(1) == scores.size(1)) {
      LossAndSlope result = slope(scores, targets);
      backward(result.slope);
      return result.sum / targets.size(0);
    }
    Distillation.Value value = distillation.of(scores, targets);
    backward(value.gradient());
    return value.losses().sumNumber().doubleValue() / targets.size(0);
  }

  /**
   * @param sum of the images' losses
   * @param slope {@code [N, classes]}, of that sum by the scores
   */
  private record LossAndSlope(double sum, INDArray slope) {}

  private LossAndSlope slope(INDArray scores, INDArray targets) {
    if (loss instanceof HeadLoss.BinaryCrossEntropy) {
      return binary(scores, targets);
    }
    if (loss instanceof HeadLoss.WeightedCrossEntropy weighted) {
      INDArray masses = targets.mulRowVector(weighted.weights());
      return softmax(scores, masses, Optional.of(masses.sum(true, 1)));
    }
    return softmax(scores, targets, Optional.empty());
  }

  /**
   * @param rowSums {@code [N, 1]}, of the targets, where they are not 1
   */
  private static LossAndSlope softmax(
      INDArray scores, INDArray targets, Optional<INDArray> rowSums) {
    scores.subiColumnVector(scores.max(true, 1));
    INDArray powers = Transforms.exp(scores, true);
    INDArray sums = powers.sum(true, 1);
    INDArray logs = scores.subiColumnVector(Transforms.log(sums, true));
    double sum = -logs.mul(targets).sumNumber().doubleValue();
    INDArray probabilities = powers.diviColumnVector(sums);
    rowSums.ifPresent(probabilities::muliColumnVector);
    return new LossAndSlope(sum, probabilities.subi(targets));
  }

  /** By {@code log(1 + exp(-|z|)) + max(z, 0) - z t}, which no score makes infinite. */
  private static LossAndSlope binary(INDArray scores, INDArray targets) {
    INDArray tail = Transforms.exp(Transforms.abs(scores, true).negi(), false);
    Transforms.log1p(tail, false);
    double sum =
        tail.addi(Transforms.relu(scores, true))
            .subi(scores.mul(targets))
            .sumNumber()
            .doubleValue();
    return new LossAndSlope(sum, Transforms.sigmoid(scores, false).subi(targets));
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
