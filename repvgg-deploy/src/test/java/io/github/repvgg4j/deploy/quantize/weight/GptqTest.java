package io.github.repvgg4j.deploy.quantize.weight;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.deploy.quantize.TestChains;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.junit.jupiter.api.Test;

class GptqTest {

  private static final int SIZE = 36;

  /** Of inputs that have much in common, with variances in no order. */
  private static double[][] covariance(long seed) {
    Random random = new Random(seed);
    double[][] mixing = new double[SIZE][SIZE];
    for (double[] row : mixing) {
      double scale = Math.exp(random.nextGaussian());
      double shared = random.nextGaussian();
      for (int i = 0; i < SIZE; i++) {
        row[i] = scale * ((i < 3 ? 2 * shared : 0) + random.nextGaussian());
      }
    }
    RealMatrix matrix = MatrixUtils.createRealMatrix(mixing);
    return matrix.multiply(matrix.transpose()).getData();
  }

  private static double[] left(float[] weights, byte[] codes, double scale) {
    double[] left = new double[weights.length];
    for (int i = 0; i < left.length; i++) {
      left[i] = weights[i] - codes[i] * scale;
    }
    return left;
  }

  private static double noise(double[] left, double[][] covariance) {
    RealVector vector = new ArrayRealVector(left);
    return MatrixUtils.createRealMatrix(covariance).operate(vector).dotProduct(vector);
  }

  /**
   * Algorithm 1 of arXiv 2210.17323 as it stands there, with blocks of one column: the inverse of
   * the damped matrix, its upper Cholesky factor, and each column's error taken from those behind.
   */
  private static byte[] asPublished(double[][] covariance, float[] weights, double scale) {
    Integer[] order = new Integer[SIZE];
    for (int i = 0; i < SIZE; i++) {
      order[i] = i;
    }
    Arrays.sort(order, (a, b) -> Double.compare(covariance[b][b], covariance[a][a]));
    double mean = 0;
    for (int i = 0; i < SIZE; i++) {
      mean += covariance[i][i] / SIZE;
    }
    double[][] damped = new double[SIZE][SIZE];
    double[] rest = new double[SIZE];
    for (int i = 0; i < SIZE; i++) {
      rest[i] = weights[order[i]];
      for (int j = 0; j < SIZE; j++) {
        damped[i][j] = covariance[order[i]][order[j]] + (i == j ? 0.01 * mean : 0);
      }
    }
    RealMatrix inverse = MatrixUtils.inverse(MatrixUtils.createRealMatrix(damped));
    RealMatrix upper = new CholeskyDecomposition(inverse, 1e-8, 1e-14).getLT();
    byte[] codes = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      codes[order[i]] = (byte) Math.max(-127, Math.min(127, Math.rint(rest[i] / scale)));
      double error = (rest[i] - codes[order[i]] * scale) / upper.getEntry(i, i);
      for (int j = i; j < SIZE; j++) {
        rest[j] -= error * upper.getEntry(i, j);
      }
    }
    return codes;
  }

  @Test
  void roundsAsThePublishedAlgorithmDoes() {
    for (int seed = 1; seed <= 20; seed++) {
      double[][] covariance = covariance(seed);
      float[] weights = TestChains.gaussian(SIZE, seed + 100);
      byte[] codes = new byte[SIZE];
      new Gptq(covariance).round(weights, 0, 0.2, 127, codes);
      assertThat(codes)
          .as("seed %d", seed)
          .isEqualTo(asPublished(covariance, weights, 0.2))
          .isNotEqualTo(nearest(weights, 0.2));
    }
  }

  private static byte[] nearest(float[] weights, double scale) {
    byte[] codes = new byte[weights.length];
    WeightRounding.NEAREST.round(weights, 0, weights.length, scale, 127, codes);
    return codes;
  }

  @Test
  void leavesLessNoiseThanTheNearestIntegers() {
    double with = 0;
    double without = 0;
    for (int seed = 1; seed <= 20; seed++) {
      double[][] covariance = covariance(seed);
      float[] weights = TestChains.gaussian(SIZE, seed + 100);
      byte[] codes = new byte[SIZE];
      new Gptq(covariance).round(weights, 0, 0.2, 127, codes);
      with += noise(left(weights, codes, 0.2), covariance);
      without += noise(left(weights, nearest(weights, 0.2), 0.2), covariance);
    }
    assertThat(with).isLessThan(without / 3);
  }

  @Test
  void inputsThatHaveNothingInCommonOrNeverChangeAreRoundedToTheNearest() {
    double[][] none = new double[SIZE][SIZE];
    double[][] apart = new double[SIZE][SIZE];
    for (int i = 0; i < SIZE; i += 2) {
      apart[i][i] = i + 1;
    }
    float[] weights = TestChains.gaussian(SIZE, 3);
    for (double[][] covariance : List.of(none, apart)) {
      byte[] codes = new byte[SIZE];
      new Gptq(covariance).round(weights, 0, 0.1, 127, codes);
      assertThat(codes).isEqualTo(nearest(weights, 0.1));
    }
  }

  @Test
  void whatTheLimitCutsOffIsMadeUpForToo() {
    double[][] covariance = covariance(7);
    float[] weights = TestChains.gaussian(SIZE, 8);
    weights[5] = 3;
    byte[] codes = new byte[SIZE];
    new Gptq(covariance).round(weights, 0, 0.02, 63, codes);
    byte[] cut = new byte[SIZE];
    WeightRounding.NEAREST.round(weights, 0, SIZE, 0.02, 63, cut);
    assertThat(codes).contains((byte) 63);
    for (byte code : codes) {
      assertThat((int) code).isBetween(-63, 63);
    }
    assertThat(noise(left(weights, codes, 0.02), covariance))
        .isLessThan(noise(left(weights, cut, 0.02), covariance) / 2);
  }

  @Test
  void eachGroupAndBlockHasItsOwnInputs() {
    List<Gptq> blocks =
        List.of(
            new Gptq(covariance(1)),
            new Gptq(covariance(2)),
            new Gptq(covariance(3)),
            new Gptq(covariance(4)));
    int each = 2 * SIZE;
    float[] weights = TestChains.gaussian(4 * each, 9); // two output channels in each of two groups
    byte[] codes = new byte[weights.length];
    GptqLayer layer = new GptqLayer(blocks, new InputChannels(each, 9, 2));
    for (int o = 0; o < 4; o++) {
      layer.round(weights, o * each, (o + 1) * each, 0.2, 127, codes);
    }
    byte[] wanted = new byte[weights.length];
    for (int o = 0; o < 4; o++) {
      for (int b = 0; b < 2; b++) {
        blocks.get(o / 2 * 2 + b).round(weights, o * each + b * SIZE, 0.2, 127, wanted);
      }
    }
    assertThat(codes).isEqualTo(wanted);
  }
}
