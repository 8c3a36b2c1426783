package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.spec.BlockNames;
import java.util.Locale;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A first convolution that whitens: its filters are the eigenvectors of the covariance of small
 * patches of the training images, each divided by {@code sqrt(eigenvalue + epsilon)}, and the same
 * negated; it is not trained (KellerJordan/cifar10-airbench). A patch of 2 x 2 pixels lies in the
 * lower right of the 3x3 kernel, so the network stays a chain of 3x3 convolutions. Differs from
 * airbench: BatchNorm follows, with gamma 1; its beta is the bias, which is trained for a while.
 */
public final class Whitening {

  private static final String FIRST = BlockNames.block(0, 0);
  private static final int KERNEL = 3;

  private final int patch;
  private final double[][] products;
  private long count;

  /**
   * @param channels of the images
   * @param patch side of a patch, 2 or 3
   */
  public Whitening(int channels, int patch) {
    this.patch = patch;
    int numbers = channels * patch * patch;
    this.products = new double[numbers][numbers];
  }

  /** Filters that patches of this size give: an eigenvector and its negative each. */
  public static int filters(int channels, int patch) {
    return 2 * channels * patch * patch;
  }

  /** Whether whitening keeps it as it is from the start. */
  static boolean isFixed(ParameterLayout.Segment segment) {
    return segment.layer().equals(BlockNames.denseConv(FIRST))
        || segment.layer().equals(BlockNames.denseBn(FIRST)) && segment.key().equals("gamma");
  }

  /** Whether whitening lets it move for a while. */
  static boolean isBias(ParameterLayout.Segment segment) {
    return segment.layer().equals(BlockNames.denseBn(FIRST)) && segment.key().equals("beta");
  }

  /**
   * Counts all patches of some images.
   *
   * @param images {@code [N, C, H, W]} in C order, normalised
   */
  public void add(float[] images, long[] shape) {
    int channels = (int) shape[1];
    int height = (int) shape[2];
    int width = (int) shape[3];
    double[] numbers = new double[products.length];
    for (int n = 0; n < shape[0]; n++) {
      for (int y = 0; y + patch <= height; y++) {
        for (int x = 0; x + patch <= width; x++) {
          int i = 0;
          for (int c = 0; c < channels; c++) {
            for (int k = 0; k < patch * patch; k++) {
              int row = (n * channels + c) * height + y + k / patch;
              numbers[i++] = images[row * width + x + k % patch];
            }
          }
          add(numbers);
        }
      }
    }
  }

  private void add(double[] numbers) {
    for (int i = 0; i < numbers.length; i++) {
      double[] row = products[i];
      for (int j = 0; j <= i; j++) {
        row[j] += numbers[i] * numbers[j];
      }
    }
    count++;
  }

  /** Whether any image was counted. */
  public boolean hasPatches() {
    return count > 0;
  }

  /**
   * Writes the filters of the largest eigenvalues into a graph's first convolution: first as they
   * are, then negated.
   *
   * @param epsilon added to the eigenvalues
   * @throws IllegalArgumentException where no patches were counted, or the convolution has an odd
   *     number of filters or more than patches give
   */
  public void writeTo(ComputationGraph graph, double epsilon) {
    INDArray kernel = graph.getLayer(BlockNames.denseConv(FIRST)).getParam("W");
    int filters = (int) kernel.size(0);
    if (count == 0 || filters % 2 != 0 || filters > 2 * products.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "whitening: %d patches of %d numbers make an even number of filters, at most %d; %d"
                  + " are wanted",
              count,
              products.length,
              2 * products.length,
              filters));
    }
    SymmetricEigen eigen = SymmetricEigen.of(covariance());
    kernel.assign(0);
    for (int filter = 0; filter < filters / 2; filter++) {
      double scale = 1 / Math.sqrt(Math.max(0, eigen.values()[filter]) + epsilon);
      for (int i = 0; i < products.length; i++) {
        double value = scale * eigen.vectors()[filter][i];
        int place = i % (patch * patch);
        int y = KERNEL - patch + place / patch;
        int x = KERNEL - patch + place % patch;
        kernel.putScalar(filter, i / (patch * patch), y, x, value);
        kernel.putScalar(filter + filters / 2, i / (patch * patch), y, x, -value);
      }
    }
  }

  private double[][] covariance() {
    int n = products.length;
    double[][] all = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        all[i][j] = products[i][j] / count;
        all[j][i] = all[i][j];
      }
    }
    return all;
  }
}
