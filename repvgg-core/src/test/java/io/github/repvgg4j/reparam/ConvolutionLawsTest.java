package io.github.repvgg4j.reparam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each law alone, against a convolution that is written out here. */
class ConvolutionLawsTest {

  private static final int HEIGHT = 9;
  private static final int WIDTH = 8;
  private static final Geometry THREE = Geometry.square(3, 1, 1);

  private final Random random = new Random(4);

  /** y[o, i, j] = b[o] + sum of w[o, c, u, v] x[c, i s - p + u d, j s - p + v d]. */
  private static double[][][] convolve(LinearConv conv, double[][][] x) {
    Axis rows = conv.geometry().vertical();
    Axis columns = conv.geometry().horizontal();
    int height = rows.outputSize(x[0].length);
    int width = columns.outputSize(x[0][0].length);
    double[][][] y = new double[conv.out()][height][width];
    for (int o = 0; o < conv.out(); o++) {
      for (int i = 0; i < height; i++) {
        for (int j = 0; j < width; j++) {
          y[o][i][j] = conv.bias()[o] + sum(conv, x, o, i, j);
        }
      }
    }
    return y;
  }

  private static double sum(LinearConv conv, double[][][] x, int o, int i, int j) {
    Axis rows = conv.geometry().vertical();
    Axis columns = conv.geometry().horizontal();
    int group = o / conv.outPerGroup();
    double sum = 0;
    for (int c = 0; c < conv.inPerGroup(); c++) {
      for (int u = 0; u < rows.kernel(); u++) {
        for (int v = 0; v < columns.kernel(); v++) {
          int row = position(rows, i, u);
          int column = position(columns, j, v);
          if (row >= 0 && row < x[0].length && column >= 0 && column < x[0][0].length) {
            double w = conv.weights()[conv.at(o, c) + u * columns.kernel() + v];
            sum += w * x[group * conv.inPerGroup() + c][row][column];
          }
        }
      }
    }
    return sum;
  }

  private static int position(Axis axis, int output, int tap) {
    return output * axis.stride()
        - ((Padding.Fixed) axis.padding()).before()
        + tap * axis.dilation();
  }

  private double[] numbers(int count) {
    return random.doubles(count, -1, 1).toArray();
  }

  private double[][][] image(int channels) {
    double[][][] x = new double[channels][HEIGHT][];
    for (double[][] plane : x) {
      for (int i = 0; i < HEIGHT; i++) {
        plane[i] = numbers(WIDTH);
      }
    }
    return x;
  }

  private LinearConv conv(int in, int out, int groups, Geometry geometry) {
    return new LinearConv(
        in, out, groups, geometry, numbers(out * (in / groups) * geometry.taps()), numbers(out));
  }

  private LinearConv withoutBias(int in, int out, Geometry geometry) {
    return LinearConv.withoutBias(in, out, 1, geometry, numbers(out * in * geometry.taps()));
  }

  private static Geometry geometry(int kh, int kw, int stride, int dilation, int ph, int pw) {
    return new Geometry(
        Axis.symmetric(kh, stride, dilation, ph), Axis.symmetric(kw, stride, dilation, pw));
  }

  private static void equal(double[][][] actual, double[][][] expected) {
    assertThat(actual.length).isEqualTo(expected.length);
    for (int c = 0; c < actual.length; c++) {
      assertThat(actual[c].length).isEqualTo(expected[c].length);
      for (int i = 0; i < actual[c].length; i++) {
        assertThat(actual[c][i]).containsExactly(expected[c][i], within(1e-12));
      }
    }
  }

  private static double[][][] add(double[][][] a, double[][][] b) {
    double[][][] sum = new double[a.length][a[0].length][a[0][0].length];
    for (int c = 0; c < a.length; c++) {
      for (int i = 0; i < a[0].length; i++) {
        for (int j = 0; j < a[0][0].length; j++) {
          sum[c][i][j] = a[c][i][j] + b[c][i][j];
        }
      }
    }
    return sum;
  }

  @Test
  void affineMapBehindAConvolutionIsFoldedWhateverThePadding() {
    LinearConv conv = conv(4, 6, 2, geometry(3, 3, 2, 1, 1, 1));
    ChannelAffine map = new ChannelAffine(numbers(6), numbers(6));
    double[][][] x = image(4);
    double[][][] expected = convolve(conv, x);
    for (int c = 0; c < 6; c++) {
      for (double[] row : expected[c]) {
        for (int j = 0; j < row.length; j++) {
          row[j] = map.scale()[c] * row[j] + map.shift()[c];
        }
      }
    }
    equal(convolve(ConvolutionLaws.affineAfter(conv, map), x), expected);
  }

  @Test
  void identityAndPointwiseMapAreConvolutions() {
    double[][][] x = image(3);
    equal(convolve(ConvolutionLaws.identity(3), x), x);
    equal(convolve(ConvolutionLaws.embed(ConvolutionLaws.identity(3), THREE), x), x);
    LinearConv map = ConvolutionLaws.pointwise(new ChannelAffine(numbers(3), numbers(3)));
    assertThat(convolve(map, x)[1][2][3])
        .isCloseTo(map.weights()[1] * x[1][2][3] + map.bias()[1], within(1e-15));
  }

  @Test
  void averagePoolingIsAConvolution() {
    double[][][] x = image(2);
    double[][][] y = convolve(ConvolutionLaws.averagePool(2, geometry(2, 3, 1, 1, 0, 0)), x);
    double mean = 0;
    for (int i = 4; i < 6; i++) {
      for (int j = 1; j < 4; j++) {
        mean += x[1][i][j] / 6;
      }
    }
    assertThat(y[1][4][1]).isCloseTo(mean, within(1e-15));
  }

  @Test
  void groupsAreBlocksOnTheDiagonal() {
    LinearConv grouped = conv(8, 4, 4, THREE);
    double[][][] x = image(8);
    for (int groups : new int[] {2, 1}) {
      equal(convolve(ConvolutionLaws.regroup(grouped, groups), x), convolve(grouped, x));
    }
    assertThatThrownBy(() -> ConvolutionLaws.regroup(grouped, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void smallKernelsInLargerOnes() {
    double[][][] x = image(3);
    List<Geometry> small =
        List.of(
            Geometry.POINT,
            geometry(1, 3, 1, 1, 0, 1),
            geometry(3, 1, 1, 1, 1, 0),
            THREE,
            geometry(3, 3, 1, 2, 2, 2));
    for (Geometry geometry : small) {
      LinearConv conv = conv(3, 2, 1, geometry);
      Geometry seven = geometry.union(Geometry.square(7, 1, 3));
      LinearConv embedded = ConvolutionLaws.embed(conv, seven);
      assertThat(embedded.geometry().kernelText()).isEqualTo("7x7");
      equal(convolve(embedded, x), convolve(conv, x));
    }
  }

  @Test
  void branchesOfUnequalKernelsAndGroupsAdd() {
    double[][][] x = image(4);
    for (int stride : new int[] {1, 2}) {
      LinearConv square = conv(4, 4, 2, geometry(3, 3, stride, 1, 1, 1));
      LinearConv point = conv(4, 4, 1, geometry(1, 1, stride, 1, 0, 0));
      LinearConv depthwise = conv(4, 4, 4, geometry(1, 3, stride, 1, 0, 1));
      equal(
          convolve(ConvolutionLaws.sum(List.of(square, point, depthwise)), x),
          add(add(convolve(square, x), convolve(point, x)), convolve(depthwise, x)));
    }
  }

  @Test
  void branchesThatDoNotFitAreRefused() {
    LinearConv one = conv(4, 4, 1, THREE);
    refused(one, conv(4, 4, 1, geometry(3, 3, 2, 1, 1, 1)), "strides 1 and 2");
    refused(one, conv(4, 4, 1, geometry(3, 3, 1, 1, 0, 0)), "outputs of different size");
    refused(one, conv(4, 5, 1, THREE), "channels 4 -> 4 and 4 -> 5");
  }

  private static void refused(LinearConv a, LinearConv b, String reason) {
    assertThatThrownBy(() -> ConvolutionLaws.sum(List.of(a, b)))
        .isInstanceOf(NotFusibleException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void convolutionOfAConvolutionIsOne() {
    double[][][] x = image(4);
    Geometry unpadded = geometry(3, 2, 1, 1, 0, 0);
    List<List<LinearConv>> chains =
        List.of(
            List.of(conv(4, 6, 2, THREE), conv(6, 4, 2, Geometry.POINT)),
            List.of(conv(4, 6, 1, unpadded), conv(6, 2, 2, unpadded)),
            List.of(conv(4, 3, 1, geometry(3, 3, 2, 1, 1, 1)), conv(3, 2, 1, unpadded)),
            List.of(conv(4, 3, 1, unpadded), conv(3, 2, 1, geometry(2, 2, 2, 2, 0, 0))),
            List.of(withoutBias(4, 3, Geometry.POINT), conv(3, 2, 1, THREE)));
    for (List<LinearConv> chain : chains) {
      equal(
          convolve(ConvolutionLaws.chain(chain.get(0), chain.get(1)), x),
          convolve(chain.get(1), convolve(chain.get(0), x)));
    }
  }

  @Test
  void zeroPaddingBeforeAPointwiseConvolutionLetsTheBorderSeeItsBias() {
    double[][][] x = image(3);
    LinearConv padding = ConvolutionLaws.zeroPadding(3, geometry(1, 1, 1, 1, 1, 1));
    LinearConv point = conv(3, 4, 1, Geometry.POINT);
    LinearConv kernel = conv(4, 2, 1, geometry(3, 3, 1, 1, 0, 0));
    LinearConv fused = ConvolutionLaws.chain(ConvolutionLaws.chain(padding, point), kernel);
    equal(convolve(fused, x), convolve(kernel, convolve(point, convolve(padding, x))));
  }

  @Test
  void paddingBehindAShiftOrAKernelIsRefused() {
    LinearConv padded = conv(3, 2, 1, THREE);
    assertThatThrownBy(() -> ConvolutionLaws.chain(conv(3, 3, 1, Geometry.POINT), padded))
        .isInstanceOf(NotFusibleException.class)
        .hasMessageContaining("zero padding and a shift do not commute");
    assertThatThrownBy(() -> ConvolutionLaws.chain(withoutBias(3, 3, THREE), padded))
        .isInstanceOf(NotFusibleException.class)
        .hasMessageContaining("sees zeros at its border");
    assertThatThrownBy(() -> ConvolutionLaws.chain(conv(3, 4, 1, Geometry.POINT), padded))
        .isInstanceOf(NotFusibleException.class)
        .hasMessageContaining("gives 4 channels");
  }

  @Test
  void chainOfGroupedKernelsIsThatOfTheirDenseForms() {
    LinearConv pointwise = conv(8, 8, 8, Geometry.POINT);
    LinearConv grouped = conv(8, 12, 4, Geometry.POINT);
    LinearConv unpadded = conv(8, 4, 2, Geometry.square(3, 1, 0));
    LinearConv dense = conv(12, 4, 1, Geometry.square(3, 1, 0));
    for (LinearConv[] pair :
        new LinearConv[][] {
          {pointwise, unpadded}, {pointwise, grouped}, {grouped, dense}, {pointwise, pointwise}
        }) {
      LinearConv expected =
          ConvolutionLaws.chain(
              ConvolutionLaws.regroup(pair[0], 1), ConvolutionLaws.regroup(pair[1], 1));
      LinearConv actual = ConvolutionLaws.regroup(ConvolutionLaws.chain(pair[0], pair[1]), 1);
      assertThat(actual.weights()).containsExactly(expected.weights());
      assertThat(actual.bias()).containsExactly(expected.bias());
    }
  }
}
