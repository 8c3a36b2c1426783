package io.github.repvgg4j.deploy.quantize.scale;

import io.github.repvgg4j.spec.InputShape;

/** Prepared images in batches, which may be asked for again and again. */
public interface CalibrationSet {

  /** Of all images computed at once: the tensors of one batch are in memory together. */
  int MAX_PIXELS = 1 << 18;

  /** More at once is no quicker. */
  int MAX_BATCH = 32;

  /** Images computed at once. */
  static int batchOf(InputShape image) {
    return Math.max(1, Math.min(MAX_BATCH, MAX_PIXELS / (image.height() * image.width())));
  }

  /** All images. */
  int size();

  /** Of one image. */
  InputShape shape();

  /**
   * Images as the network reads them.
   *
   * @return {@code [to - from, C, H, W]} in C order, normalised; the caller's own
   */
  float[] images(int from, int to);

  default int batches() {
    int each = batchOf(shape());
    return (size() + each - 1) / each;
  }

  /** Images in one batch. */
  default int size(int batch) {
    int each = batchOf(shape());
    return Math.min(size() - batch * each, each);
  }

  /** The images of one batch. */
  default float[] batch(int batch) {
    int from = batch * batchOf(shape());
    return images(from, from + size(batch));
  }

  /** The images from one on, up to another. */
  default CalibrationSet part(int from, int to) {
    CalibrationSet whole = this;
    return new CalibrationSet() {
      @Override
      public int size() {
        return to - from;
      }

      @Override
      public InputShape shape() {
        return whole.shape();
      }

      @Override
      public float[] images(int first, int last) {
        return whole.images(from + first, from + last);
      }
    };
  }

  /**
   * Images at hand.
   *
   * @param values {@code [N, C, H, W]} in C order
   */
  static CalibrationSet of(float[] values, InputShape shape) {
    int length = shape.channels() * shape.height() * shape.width();
    return new CalibrationSet() {
      @Override
      public int size() {
        return values.length / length;
      }

      @Override
      public InputShape shape() {
        return shape;
      }

      @Override
      public float[] images(int from, int to) {
        return java.util.Arrays.copyOfRange(values, from * length, to * length);
      }
    };
  }
}
