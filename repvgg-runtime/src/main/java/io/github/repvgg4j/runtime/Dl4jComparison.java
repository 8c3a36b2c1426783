package io.github.repvgg4j.runtime;

import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.spec.InputShape;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs the same probe images through an engine and through Deeplearning4j. */
final class Dl4jComparison {

  private static final long SEED = 20210301;
  private static final int IMAGES = 4;

  private Dl4jComparison() {}

  static SelfCheckReport run(
      InferenceEngine engine, Model network, InputShape shape, Precision precision) {
    INDArray probe = probe(shape);
    INDArray expected = Logits.of(network, probe).dup('c');
    INDArray actual = Nd4j.createUninitialized(DataType.FLOAT, expected.shape());
    engine.run(
        ArrayBuffers.of(probe),
        new BatchShape(IMAGES, shape.channels(), shape.height(), shape.width()),
        ArrayBuffers.of(actual));
    double largest = Math.max(expected.amaxNumber().doubleValue(), Double.MIN_NORMAL);
    INDArray difference = actual.sub(expected);
    SelfCheckReport report =
        new SelfCheckReport(
            finite(difference) ? difference.amaxNumber().doubleValue() / largest : Double.NaN,
            SelfCheckReport.bound(precision),
            agreement(actual, expected),
            IMAGES);
    for (INDArray array : new INDArray[] {probe, expected, actual, difference}) {
      array.close();
    }
    return report;
  }

  /** Gaussian noise, each image brighter than the one before. */
  private static INDArray probe(InputShape shape) {
    java.util.Random random = new java.util.Random(SEED);
    INDArray probe =
        Nd4j.createUninitialized(
            DataType.FLOAT, IMAGES, shape.channels(), shape.height(), shape.width());
    java.nio.FloatBuffer numbers = ArrayBuffers.of(probe);
    int perImage = numbers.remaining() / IMAGES;
    for (int i = 0; numbers.hasRemaining(); i++) {
      numbers.put((float) random.nextGaussian() + 0.5f * (i / perImage));
    }
    return probe;
  }

  private static boolean finite(INDArray array) {
    return Double.isFinite(array.sumNumber().doubleValue());
  }

  private static double agreement(INDArray actual, INDArray expected) {
    INDArray same = actual.argMax(1).eq(expected.argMax(1)).castTo(DataType.DOUBLE);
    return same.meanNumber().doubleValue();
  }
}
