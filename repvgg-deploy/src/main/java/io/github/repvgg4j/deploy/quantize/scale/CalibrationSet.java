package io.github.repvgg4j.deploy.quantize.scale;

import io.github.repvgg4j.spec.InputShape;

/** Prepared images in batches, which may be asked for again and again. */
public interface CalibrationSet {

  /** Images computed at once. */
  int BATCH = 32;

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
    return (size() + BATCH - 1) / BATCH;
  }

  /** Images in one batch. */
  default int size(int batch) {
    return Math.min(size() - batch * BATCH, BATCH);
  }

  /** The images of one batch. */
  default float[] batch(int batch) {
    return images(batch * BATCH, batch * BATCH + size(batch));
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
