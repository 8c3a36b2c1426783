package io.github.repvgg4j.onednn;

import static io.github.repvgg4j.onednn.primitive.Argument.MEAN;
import static io.github.repvgg4j.onednn.primitive.Argument.SCALE;
import static io.github.repvgg4j.onednn.primitive.Argument.SCALE_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.SHIFT;
import static io.github.repvgg4j.onednn.primitive.Argument.SHIFT_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.VARIANCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.onednn.OnePrimitive.Array;
import io.github.repvgg4j.onednn.primitive.BatchNorm;
import io.github.repvgg4j.onednn.primitive.Primitive;
import org.junit.jupiter.api.Test;

class BatchNormTest {

  private static final int IMAGES = 3;
  private static final int CHANNELS = 16;
  private static final int PIXELS = 20;
  private static final int COUNT = IMAGES * PIXELS;
  private static final float EPS = 1e-3f;

  private final Array source = Array.random(1, IMAGES, CHANNELS, 4, 5);
  private final Array scale = Array.random(2, CHANNELS);
  private final Array shift = Array.random(3, CHANNELS);
  private final double[] mean = new double[CHANNELS];
  private final double[] variance = new double[CHANNELS];
  private final BatchNorm norm = new BatchNorm(source.layout().in(Order.BLOCKS_OF_16), EPS);

  private static int channel(int place) {
    return place / PIXELS % CHANNELS;
  }

  private double normalised(int place) {
    int channel = channel(place);
    return (source.numbers()[place] - mean[channel]) / Math.sqrt(variance[channel] + EPS);
  }

  private void findStatistics() {
    for (int i = 0; i < source.numbers().length; i++) {
      mean[channel(i)] += source.numbers()[i] / (double) COUNT;
    }
    for (int i = 0; i < source.numbers().length; i++) {
      variance[channel(i)] += Math.pow(source.numbers()[i] - mean[channel(i)], 2) / COUNT;
    }
  }

  @Test
  void trainingFindsTheBatchsStatisticsAndGoesBack() {
    findStatistics();
    Array target = Array.zeros(source.dims());
    Array foundMean = Array.zeros(CHANNELS);
    Array foundVariance = Array.zeros(CHANNELS);
    Primitive training = norm.training();
    Primitive backward = norm.backward(training);
    new OnePrimitive()
        .reads(SOURCE, source)
        .reads(SCALE, scale)
        .reads(SHIFT, shift)
        .writes(TARGET, target)
        .writes(MEAN, foundMean)
        .writes(VARIANCE, foundVariance)
        .run(training);
    close(foundMean, mean);
    close(foundVariance, variance);
    close(target, expectedTarget());

    Array error = Array.random(4, source.dims());
    Array sourceGradient = Array.zeros(source.dims());
    Array scaleGradient = Array.zeros(CHANNELS);
    Array shiftGradient = Array.zeros(CHANNELS);
    new OnePrimitive()
        .reads(SOURCE, source)
        .reads(TARGET_GRADIENT, error)
        .reads(MEAN, foundMean)
        .reads(VARIANCE, foundVariance)
        .reads(SCALE, scale)
        .reads(SHIFT, shift)
        .writes(SOURCE_GRADIENT, sourceGradient)
        .writes(SCALE_GRADIENT, scaleGradient)
        .writes(SHIFT_GRADIENT, shiftGradient)
        .run(backward);
    double[] scaleSum = new double[CHANNELS];
    double[] shiftSum = new double[CHANNELS];
    for (int i = 0; i < error.numbers().length; i++) {
      scaleSum[channel(i)] += error.numbers()[i] * normalised(i);
      shiftSum[channel(i)] += error.numbers()[i];
    }
    close(scaleGradient, scaleSum);
    close(shiftGradient, shiftSum);
    double[] expected = new double[source.numbers().length];
    for (int i = 0; i < expected.length; i++) {
      int c = channel(i);
      double centred =
          error.numbers()[i] - shiftSum[c] / COUNT - normalised(i) * scaleSum[c] / COUNT;
      expected[i] = scale.numbers()[c] / Math.sqrt(variance[c] + EPS) * centred;
    }
    close(sourceGradient, expected);
  }

  @Test
  void inferenceUsesGivenStatistics() {
    Array givenMean = Array.random(5, CHANNELS);
    Array givenVariance = Array.zeros(CHANNELS);
    for (int c = 0; c < CHANNELS; c++) {
      mean[c] = givenMean.numbers()[c];
      givenVariance.numbers()[c] = 0.5f + c;
      variance[c] = 0.5 + c;
    }
    Array target = Array.zeros(source.dims());
    new OnePrimitive()
        .reads(SOURCE, source)
        .reads(SCALE, scale)
        .reads(SHIFT, shift)
        .reads(MEAN, givenMean)
        .reads(VARIANCE, givenVariance)
        .writes(TARGET, target)
        .run(norm.inference());
    close(target, expectedTarget());
  }

  private double[] expectedTarget() {
    double[] expected = new double[source.numbers().length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = scale.numbers()[channel(i)] * normalised(i) + shift.numbers()[channel(i)];
    }
    return expected;
  }

  private static void close(Array found, double[] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found.numbers()[i]).isCloseTo(expected[i], within(2e-4));
    }
  }
}
