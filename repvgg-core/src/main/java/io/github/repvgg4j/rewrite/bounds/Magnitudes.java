package io.github.repvgg4j.rewrite.bounds;

import io.github.repvgg4j.array.Arrays64;
import io.github.repvgg4j.reparam.Axis;
import io.github.repvgg4j.reparam.ConvolutionLaws;
import io.github.repvgg4j.reparam.Geometry;
import io.github.repvgg4j.reparam.LinearConv;
import io.github.repvgg4j.reparam.Padding;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.convolution.Convolution;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * What a convolution adds up on a real tensor.
 *
 * @param sums for each output channel a bound on the sum of |w| |x| over all pixels, without bias
 * @param terms the most products in one sum that are not exactly zero; the others, of a zero of the
 *     padding or behind a ReLU, add nothing and round nothing
 */
@SuppressWarnings("ArrayRecordComponent")
record Magnitudes(double[] sums, int terms) {

  /**
   * The largest |value| of each channel.
   *
   * @param tensor {@code [N, C, H, W]} or {@code [N, C]}; of another rank as one channel
   */
  static double[] range(INDArray tensor) {
    return switch (tensor.rank()) {
      case 4 -> Arrays64.of(tensor.amax(0, 2, 3));
      case 2 -> Arrays64.of(tensor.amax(0));
      default -> new double[] {tensor.amaxNumber().doubleValue()};
    };
  }

  /**
   * The convolution of |x| by |w|, computed in the tensor's type. All terms are positive, so the
   * computed sum of n of them is below the exact one by a factor of at most 1 - (n + 2) u, which is
   * made up for.
   *
   * @param tensor {@code [N, in, H, W]}
   */
  static Magnitudes of(LinearConv conv, INDArray tensor) {
    LinearConv dense = ConvolutionLaws.regroup(conv, 1);
    Geometry geometry = dense.geometry().resolvedFor((int) tensor.size(2), (int) tensor.size(3));
    INDArray sizes = padded(tensor, geometry);
    int rows = geometry.vertical().kernel();
    int columns = geometry.horizontal().kernel();
    INDArray weights =
        Transforms.abs(
            Arrays64.array(
                dense.weights(), tensor.dataType(), dense.out(), dense.in(), rows, columns),
            false);
    double[] sums = Arrays64.of(convolved(sizes, weights, geometry).amax(0, 2, 3));
    double unit = RoundingModel.unit(tensor.dataType());
    for (int o = 0; o < sums.length; o++) {
      sums[o] /= 1 - (dense.rowLength() + 2.0) * unit;
    }
    INDArray present = sizes.gt(0).castTo(tensor.dataType()).sum(true, 1);
    INDArray ones = Nd4j.ones(tensor.dataType(), 1, 1, rows, columns);
    int terms = convolved(present, ones, geometry).maxNumber().intValue();
    return new Magnitudes(sums, Math.min(conv.rowLength(), terms));
  }

  private static INDArray convolved(INDArray padded, INDArray weights, Geometry geometry) {
    Axis vertical = geometry.vertical();
    Axis horizontal = geometry.horizontal();
    if (vertical.dilation() > 1 || horizontal.dilation() > 1) {
      return dilated(padded, weights, geometry);
    }
    return Nd4j.cnn()
        .conv2d(
            padded,
            weights,
            Conv2DConfig.builder()
                .kH(vertical.kernel())
                .kW(horizontal.kernel())
                .sH(vertical.stride())
                .sW(horizontal.stride())
                .paddingMode(PaddingMode.VALID)
                .dataFormat(Conv2DConfig.NCHW)
                .weightsFormat(WeightsFormat.OIYX)
                .build());
  }

  /**
   * By columns, as DL4J's own layer: of a dilated kernel ND4J 1.0.0-M2.1 asks oneDNN for a padding
   * that does not exist, and fails.
   */
  private static INDArray dilated(INDArray padded, INDArray weights, Geometry geometry) {
    Axis vertical = geometry.vertical();
    Axis horizontal = geometry.horizontal();
    long images = padded.size(0);
    long height = outputSize(padded.size(2), vertical);
    long width = outputSize(padded.size(3), horizontal);
    INDArray columns =
        Nd4j.create(
            padded.dataType(),
            images,
            height,
            width,
            padded.size(1),
            vertical.kernel(),
            horizontal.kernel());
    Convolution.im2col(
        padded,
        vertical.kernel(),
        horizontal.kernel(),
        vertical.stride(),
        horizontal.stride(),
        0,
        0,
        vertical.dilation(),
        horizontal.dilation(),
        false,
        columns.permute(0, 3, 4, 5, 1, 2));
    long out = weights.size(0);
    long length = weights.length() / out;
    return columns
        .reshape('c', images * height * width, length)
        .mmul(weights.dup('c').reshape('c', out, length).transpose())
        .dup('c')
        .reshape('c', images, height, width, out)
        .permute(0, 3, 1, 2);
  }

  private static long outputSize(long padded, Axis axis) {
    return (padded - (axis.kernel() - 1L) * axis.dilation() - 1) / axis.stride() + 1;
  }

  /** |x| with the zeros around it that the geometry says. */
  private static INDArray padded(INDArray x, Geometry geometry) {
    Padding.Fixed rows = (Padding.Fixed) geometry.vertical().padding();
    Padding.Fixed columns = (Padding.Fixed) geometry.horizontal().padding();
    INDArray padded =
        Nd4j.create(
            x.dataType(),
            x.size(0),
            x.size(1),
            x.size(2) + rows.before() + rows.after(),
            x.size(3) + columns.before() + columns.after());
    padded
        .get(
            NDArrayIndex.all(),
            NDArrayIndex.all(),
            NDArrayIndex.interval(rows.before(), rows.before() + x.size(2)),
            NDArrayIndex.interval(columns.before(), columns.before() + x.size(3)))
        .assign(Transforms.abs(x, true));
    return padded;
  }
}
