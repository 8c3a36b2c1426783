package io.github.repvgg4j.accelerate.chain;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The loss of a student that has a teacher (Hinton, Vinyals, Dean: Distilling the Knowledge in a
 * Neural Network, arXiv 1503.02531): {@code (1 - w) CE(y, softmax(s)) + w T^2 KL(q || softmax(s /
 * T))} with the student's logits s, labels y and the teacher's {@code q = softmax(t / T)}. T^2
 * keeps the share of the soft part in the gradient the same whatever T is (section 2 there).
 *
 * @param weight w, the teacher's share, 0 to 1; 0 for no teacher
 * @param temperature T, more than 0
 */
public record Distillation(double weight, double temperature) {

  /** Labels alone. */
  public static final Distillation NONE = new Distillation(0, 1);

  /** In place of 0 in a logarithm whose factor is 0 then; float32 has it. */
  private static final double TINY = 1e-37;

  public Distillation {
    if (!(weight >= 0 && weight <= 1)) {
      throw new IllegalArgumentException("weight: must be in [0, 1], got " + weight);
    }
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature: must be more than 0, got " + temperature);
    }
  }

  /** Whether there are labels alone. */
  public boolean isNone() {
    return weight == 0;
  }

  /**
   * Loss and gradient of a batch.
   *
   * @param losses {@code [N, 1]}, of each image
   * @param gradient {@code [N, classes]}, of the sum of the losses by the student's logits
   */
  public record Value(INDArray losses, INDArray gradient) {}

  /**
   * Computes both.
   *
   * @param logits {@code [N, classes]}, the student's; not changed
   * @param targets {@code [N, 2 classes]}: the labels' distribution, whose rows sum to 1, then q,
   *     whose rows do so as well
   */
  public Value of(INDArray logits, INDArray targets) {
    long classes = logits.size(1);
    INDArray labels = columns(targets, 0, classes);
    INDArray taught = columns(targets, classes, 2 * classes);
    INDArray logs = logSoftmax(logits.dup());
    INDArray softLogs = logSoftmax(logits.div(temperature));
    INDArray hard = logs.mul(labels).sum(true, 1).muli(weight - 1);
    INDArray surprise = Transforms.log(Transforms.max(taught, TINY, true), false).subi(softLogs);
    INDArray soft = surprise.muli(taught).sum(true, 1).muli(weight * temperature * temperature);
    INDArray gradient = Transforms.exp(logs, false).subi(labels).muli(1 - weight);
    gradient.addi(Transforms.exp(softLogs, false).subi(taught).muli(weight * temperature));
    return new Value(hard.addi(soft), gradient);
  }

  private static INDArray columns(INDArray matrix, long from, long to) {
    return matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to));
  }

  /** In place. */
  private static INDArray logSoftmax(INDArray scores) {
    scores.subiColumnVector(scores.max(true, 1));
    INDArray sums = Transforms.exp(scores, true).sum(true, 1);
    return scores.subiColumnVector(Transforms.log(sums, true));
  }

  /**
   * What a teacher tells a student of one image, in float64 within.
   *
   * @param logits the teacher's, {@code classes} of them from {@code from} on
   * @param targets softmax(t / T) is written there, from {@code to} on
   */
  public void soften(float[] logits, int from, int classes, float[] targets, int to) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < classes; k++) {
      largest = Math.max(largest, logits[from + k]);
    }
    double[] powers = new double[classes];
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      powers[k] = Math.exp((logits[from + k] - largest) / temperature);
      sum += powers[k];
    }
    for (int k = 0; k < classes; k++) {
      targets[to + k] = (float) (powers[k] / sum);
    }
  }
}
