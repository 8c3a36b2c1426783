package io.github.repvgg4j.deploy.quantize.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WeightSchemeTest {

  private static final WeightScheme MAX =
      new WeightScheme(Granularity.CHANNEL, WeightRule.MAX, 127);

  private static Weighted layer() {
    Random random = new Random(1);
    float[] weights = new float[6 * 40];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (random.nextGaussian() * Math.pow(4, i / 40));
    }
    return new Weighted(weights, new float[6]);
  }

  private static double squaredError(Weighted layer, QuantizedLayer integers) {
    double error = 0;
    for (int i = 0; i < layer.weights().length; i++) {
      double real = integers.weights()[i] * integers.weightScales()[i / layer.each()];
      error += Math.pow(layer.weights()[i] - real, 2);
    }
    return error;
  }

  @Test
  void noWeightIsFurtherThanHalfAStep() {
    Weighted layer = layer();
    QuantizedLayer integers = MAX.quantise(layer, new double[6], 1, WeightRounding.NEAREST);
    for (int i = 0; i < layer.weights().length; i++) {
      float scale = integers.weightScales()[i / 40];
      assertThat((double) integers.weights()[i] * scale)
          .isCloseTo(layer.weights()[i], within(0.5001 * scale));
    }
  }

  @Test
  void channelsBeatOneScaleAndLeastErrorBeatsTheLargest() {
    Weighted layer = layer();
    layer.weights()[3] = 8; // an outlier, as an identity's centre tap is
    double channel =
        squaredError(layer, MAX.quantise(layer, new double[6], 1, WeightRounding.NEAREST));
    double tensor =
        squaredError(
            layer,
            new WeightScheme(Granularity.TENSOR, WeightRule.MAX, 127)
                .quantise(layer, new double[6], 1, WeightRounding.NEAREST));
    double least =
        squaredError(
            layer,
            new WeightScheme(Granularity.CHANNEL, WeightRule.MSE, 127)
                .quantise(layer, new double[6], 1, WeightRounding.NEAREST));
    assertThat(channel).isLessThan(tensor);
    assertThat(least).isLessThanOrEqualTo(channel);
  }

  @Test
  void portableWeightsStayWithinTheirLimit() {
    QuantizedLayer integers =
        new WeightScheme(Granularity.CHANNEL, WeightRule.MAX, 63)
            .quantise(layer(), new double[6], 1, WeightRounding.NEAREST);
    int largest = 0;
    for (byte weight : integers.weights()) {
      largest = Math.max(largest, Math.abs(weight));
    }
    assertThat(largest).isEqualTo(63);
  }

  @Test
  void theBiasIsInUnitsOfBothScales() {
    double[] bias = {1, -2, 0.5, 0, 100, -3};
    QuantizedLayer integers = MAX.quantise(layer(), bias, 0.25f, WeightRounding.NEAREST);
    for (int o = 0; o < 6; o++) {
      double unit = 0.25 * integers.weightScales()[o];
      assertThat(integers.bias()[o] * unit).isCloseTo(bias[o], within(0.5001 * unit));
    }
  }

  @Test
  void aChannelOfZerosKeepsItsBias() {
    Weighted layer = new Weighted(new float[8], new float[2]);
    QuantizedLayer integers =
        MAX.quantise(layer, new double[] {3, 0}, 0.01f, WeightRounding.NEAREST);
    assertThat(integers.weights()).containsOnly(0);
    assertThat(integers.bias()[0] * 0.01 * integers.weightScales()[0]).isCloseTo(3, within(1e-6));
    assertThat(integers.bias()[1]).isZero();
  }
}
