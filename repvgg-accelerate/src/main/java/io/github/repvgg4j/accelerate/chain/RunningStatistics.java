package io.github.repvgg4j.accelerate.chain;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The step of one BatchNorm's running statistics, handed over in the gradient's place as
 * Deeplearning4j does: {@code (1 - decay) (running - batch)}, to be subtracted.
 */
final class RunningStatistics {

  private final double decay;
  private final INDArray batchMean;
  private final INDArray batchVariance;
  private final INDArray mean;
  private final INDArray variance;
  private final INDArray meanStep;
  private final INDArray varianceStep;

  RunningStatistics(ChainNode.Norm node, INDArray parameters, INDArray gradient) {
    this.decay = node.decay();
    this.batchMean = Nd4j.create(DataType.FLOAT, 1, node.mean().length());
    this.batchVariance = Nd4j.create(DataType.FLOAT, 1, node.mean().length());
    this.mean = Ranges.of(parameters, node.mean());
    this.variance = Ranges.of(parameters, node.variance());
    this.meanStep = Ranges.of(gradient, node.mean());
    this.varianceStep = Ranges.of(gradient, node.variance());
  }

  INDArray batchMean() {
    return batchMean;
  }

  INDArray batchVariance() {
    return batchVariance;
  }

  void writeStep() {
    mean.subi(batchMean, meanStep).muli(1 - decay);
    variance.subi(batchVariance, varianceStep).muli(1 - decay);
  }
}
