package io.github.repvgg4j.rewrite.bounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.reparam.Axis;
import io.github.repvgg4j.reparam.Geometry;
import io.github.repvgg4j.reparam.LinearConv;
import io.github.repvgg4j.reparam.Padding;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Sums of |w| |x| of all geometries, against plain loops. */
class MagnitudesTest {

  private static Axis axis(int kernel, int stride, int dilation, int before, int after) {
    return new Axis(kernel, stride, dilation, new Padding.Fixed(before, after));
  }

  @Test
  void plain() {
    check(4, 6, 1, axis(3, 1, 1, 1, 1), axis(5, 2, 1, 2, 1));
  }

  @Test
  void dilated() {
    check(3, 6, 1, axis(3, 1, 2, 2, 2), axis(3, 1, 3, 3, 3));
    check(3, 2, 1, axis(3, 2, 2, 1, 2), axis(1, 1, 1, 0, 0));
    check(4, 4, 2, axis(2, 1, 3, 0, 3), axis(3, 2, 2, 0, 0));
    check(1, 1, 1, axis(2, 1, 2, 1, 1), axis(2, 1, 1, 0, 1));
  }

  private static void check(int in, int out, int groups, Axis vertical, Axis horizontal) {
    Random random = new Random(5);
    Geometry geometry = new Geometry(vertical, horizontal);
    double[] weights = random.doubles((long) out * in / groups * geometry.taps(), -1, 1).toArray();
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      INDArray x = Nd4j.create(type, 2, in, 9, 8);
      for (long i = 0; i < x.length(); i++) {
        x.putScalar(i, i % 3 == 0 ? 0 : random.nextGaussian());
      }
      LinearConv conv = LinearConv.withoutBias(in, out, groups, geometry, weights);
      Magnitudes found = Magnitudes.of(conv, x);
      double[] expected = largestSums(conv, x);
      for (int o = 0; o < out; o++) {
        assertThat(found.sums()[o]).isCloseTo(expected[o], within(1e-4 * expected[o]));
      }
      assertThat(found.terms()).isEqualTo(mostTerms(conv, x));
    }
  }

  private static double[] largestSums(LinearConv conv, INDArray x) {
    double[] largest = new double[conv.out()];
    int perGroup = conv.out() / conv.groups();
    for (int o = 0; o < conv.out(); o++) {
      int first = o / perGroup * conv.inPerGroup();
      largest[o] = largest(conv, x, o, first, (w, pixel) -> Math.abs(w * pixel));
    }
    return largest;
  }

  private interface Term {
    double of(double weight, double pixel);
  }

  private static double largest(LinearConv conv, INDArray x, int o, int first, Term term) {
    Axis rows = conv.geometry().vertical();
    Axis columns = conv.geometry().horizontal();
    double largest = 0;
    for (int n = 0; n < x.size(0); n++) {
      for (int y = 0; y < rows.outputSize((int) x.size(2)); y++) {
        for (int z = 0; z < columns.outputSize((int) x.size(3)); z++) {
          double sum = 0;
          for (int i = 0; i < conv.inPerGroup(); i++) {
            for (int tap = 0; tap < conv.geometry().taps(); tap++) {
              int row = at(rows, y, tap / columns.kernel());
              int column = at(columns, z, tap % columns.kernel());
              if (row >= 0 && row < x.size(2) && column >= 0 && column < x.size(3)) {
                sum +=
                    term.of(
                        conv.weights()[conv.at(o, i) + tap],
                        x.getDouble(n, first + i, row, column));
              }
            }
          }
          largest = Math.max(largest, sum);
        }
      }
    }
    return largest;
  }

  private static int at(Axis axis, int output, int tap) {
    return output * axis.stride()
        + tap * axis.dilation()
        - ((Padding.Fixed) axis.padding()).before();
  }

  /** Of all channels together: a bound for every group. */
  private static int mostTerms(LinearConv conv, INDArray x) {
    LinearConv all =
        LinearConv.withoutBias(
            conv.in(), 1, 1, conv.geometry(), new double[conv.in() * conv.geometry().taps()]);
    double terms = largest(all, x, 0, 0, (w, pixel) -> pixel == 0 ? 0 : 1);
    return Math.min(conv.rowLength(), (int) terms);
  }
}
