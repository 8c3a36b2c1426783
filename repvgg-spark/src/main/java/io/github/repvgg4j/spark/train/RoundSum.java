package io.github.repvgg4j.spark.train;

import java.io.Serializable;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The states of some workers, added up; as plain arrays, because Java's serialization writes an
 * {@code INDArray} number by number, which takes longer than adding.
 *
 * @param vectors parameters, then the optimizer's vectors in one
 * @param loss sum of the workers' mean losses
 */
@SuppressWarnings("ArrayRecordComponent")
record RoundSum(float[][] vectors, double loss, int workers) implements Serializable {

  static RoundSum of(ParameterAveragingTrainingResult result) {
    INDArray optimizer = result.getUpdaterState();
    float[] parameters = result.getParameters().toFloatVector();
    return new RoundSum(
        optimizer == null
            ? new float[][] {parameters}
            : new float[][] {parameters, optimizer.toFloatVector()},
        result.getScore(),
        1);
  }

  /** The sum of two, either of which may be null; changes the arrays of {@code a}. */
  static RoundSum plus(RoundSum a, RoundSum b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.plus(b);
  }

  private RoundSum plus(RoundSum other) {
    for (int i = 0; i < vectors.length; i++) {
      float[] sum = vectors[i];
      float[] more = other.vectors[i];
      for (int j = 0; j < sum.length; j++) {
        sum[j] += more[j];
      }
    }
    return new RoundSum(vectors, loss + other.loss, workers + other.workers);
  }
}
