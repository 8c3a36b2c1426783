package io.github.repvgg4j.data.load;

import io.github.repvgg4j.data.augment.Draw;
import io.github.repvgg4j.data.listing.Labelling;
import java.util.Arrays;

/**
 * What becomes of the targets of a training batch.
 *
 * @param labelSmoothing share that is not the truth: of classes that exclude each other spread over
 *     all of them (Szegedy et al. 2016; PyTorch's {@code CrossEntropyLoss(label_smoothing)}), of
 *     others half of it, so that each goes towards a half (Keras' {@code
 *     BinaryCrossentropy(label_smoothing)}); 0 for none
 * @param mixup alpha of the beta distribution of mixup (Zhang et al. 2018), 0 for none
 * @param cutmix alpha of the beta distribution of CutMix (Yun et al. 2019), 0 for none
 * @param labelling whether classes exclude each other
 */
public record TargetMix(double labelSmoothing, double mixup, double cutmix, Labelling labelling) {

  /** Plain targets: 1 for each class of an image, 0 for the others. */
  public static final TargetMix NONE = new TargetMix(0, 0, 0);

  /** For classes that exclude each other. */
  public TargetMix(double labelSmoothing, double mixup, double cutmix) {
    this(labelSmoothing, mixup, cutmix, Labelling.ONE);
  }

  public TargetMix {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "labelSmoothing: must be in [0, 1), got " + labelSmoothing);
    }
    if (!(mixup >= 0) || !(cutmix >= 0)) {
      throw new IllegalArgumentException("mixup and cutmix: must be 0 or more");
    }
  }

  /** {@code [N, classes]}: 1 for each class of an image, smoothed. */
  public float[] targets(int[][] labels, int classes) {
    double elsewhere = labelSmoothing / (labelling == Labelling.ONE ? classes : 2);
    float[] targets = new float[labels.length * classes];
    Arrays.fill(targets, (float) elsewhere);
    for (int i = 0; i < labels.length; i++) {
      for (int c : labels[i]) {
        targets[i * classes + c] = (float) (1 - labelSmoothing + elsewhere);
      }
    }
    return targets;
  }

  /** Mixes each image with its mirror in the batch (first with last), in place. */
  public void apply(ImageBatch batch, Draw draw) {
    if (mixup == 0 && cutmix == 0 || batch.size() < 2) {
      return;
    }
    boolean cut = mixup == 0 || cutmix > 0 && draw.chance(0.5);
    double own = draw.beta(cut ? cutmix : mixup);
    if (cut) {
      own = paste(batch, own, draw);
    } else {
      blend(batch.features(), batch.size(), (float) own);
    }
    blend(batch.targets(), batch.size(), (float) own);
  }

  /** Row i becomes own * row i + (1 - own) * row (n - 1 - i). */
  static void blend(float[] values, int rows, float own) {
    int length = values.length / rows;
    for (int i = 0; i < rows / 2; i++) {
      int a = i * length;
      int b = (rows - 1 - i) * length;
      for (int k = 0; k < length; k++) {
        float first = values[a + k];
        float second = values[b + k];
        values[a + k] = own * first + (1 - own) * second;
        values[b + k] = own * second + (1 - own) * first;
      }
    }
  }

  /** Swaps one box between partners; returns the share of the own image that is left. */
  private static double paste(ImageBatch batch, double own, Draw draw) {
    int height = (int) batch.shape()[2];
    int width = (int) batch.shape()[3];
    double side = Math.sqrt(1 - own);
    int centreX = draw.integer(width);
    int centreY = draw.integer(height);
    int left = Math.max(0, centreX - (int) (width * side) / 2);
    int right = Math.min(width, centreX + (int) (width * side) / 2);
    int top = Math.max(0, centreY - (int) (height * side) / 2);
    int bottom = Math.min(height, centreY + (int) (height * side) / 2);
    int planes = (int) batch.shape()[1];
    for (int i = 0; i < batch.size() / 2; i++) {
      int partner = batch.size() - 1 - i;
      for (int c = 0; c < planes; c++) {
        for (int y = top; y < bottom; y++) {
          int a = ((i * planes + c) * height + y) * width;
          int b = ((partner * planes + c) * height + y) * width;
          swap(batch.features(), a + left, b + left, right - left);
        }
      }
    }
    return 1 - (double) (right - left) * (bottom - top) / (width * height);
  }

  private static void swap(float[] values, int a, int b, int length) {
    for (int k = 0; k < length; k++) {
      float kept = values[a + k];
      values[a + k] = values[b + k];
      values[b + k] = kept;
    }
  }
}
