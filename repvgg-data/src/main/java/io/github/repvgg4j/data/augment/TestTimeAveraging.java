package io.github.repvgg4j.data.augment;

import java.util.List;
import java.util.function.UnaryOperator;

/** Whether a test image is shown to the network in several copies whose answers are averaged. */
public enum TestTimeAveraging {
  /** As it is. */
  NONE(List.of(new Copy(false, 0, 1))),
  /** The image and its mirror image. */
  FLIP(List.of(new Copy(false, 0, 0.5), new Copy(true, 0, 0.5))),
  /**
   * Both, and both moved by one pixel along the diagonal either way, which count as much as the two
   * in place (Jordan, airbench, 2024: {@code infer_mirror_translate}).
   */
  FLIP_TRANSLATE(
      List.of(
          new Copy(false, 0, 0.25),
          new Copy(true, 0, 0.25),
          new Copy(false, -1, 0.125),
          new Copy(true, -1, 0.125),
          new Copy(false, 1, 0.125),
          new Copy(true, 1, 0.125)));

  /**
   * One copy.
   *
   * @param shift pixels by which the window moves right and down; what it then sees outside is the
   *     image mirrored at its border pixel (PyTorch's {@code reflect})
   * @param share of its logits in the mean
   */
  private record Copy(boolean mirrored, int shift, double share) {}

  private final List<Copy> copies;

  TestTimeAveraging(List<Copy> copies) {
    this.copies = copies;
  }

  /** How often the network is asked about each image. */
  public int passes() {
    return copies.size();
  }

  /**
   * The weighted mean of the answers to all copies.
   *
   * @param network gives {@code [N, classes]} for {@code [N, C, H, W]}, both in C order: logits;
   *     logarithms of probabilities do as well, being logits but for a number per image
   * @param features {@code [N, C, H, W]}, stay the caller's
   * @param height H, pixels
   * @param width W, pixels
   * @return {@code [N, classes]}, mean logits; the network's own array for {@link #NONE}
   */
  public float[] logits(UnaryOperator<float[]> network, float[] features, int height, int width) {
    if (this == NONE) {
      return network.apply(features);
    }
    float[] sum = null;
    for (Copy copy : copies) {
      float[] answers = network.apply(changed(copy, features, height, width));
      if (sum == null) {
        sum = new float[answers.length];
      }
      for (int i = 0; i < sum.length; i++) {
        sum[i] += answers[i] * (float) copy.share;
      }
    }
    return sum;
  }

  private static float[] changed(Copy copy, float[] values, int height, int width) {
    if (!copy.mirrored && copy.shift == 0) {
      return values;
    }
    float[] result = new float[values.length];
    int target = 0;
    for (int row = 0; row < values.length / width; row++) {
      int plane = row / height * height;
      int from = (plane + Pixels.reflect(row - plane + copy.shift, height)) * width;
      for (int x = 0; x < width; x++) {
        int column = Pixels.reflect((copy.mirrored ? width - 1 - x : x) + copy.shift, width);
        result[target++] = values[from + column];
      }
    }
    return result;
  }
}
