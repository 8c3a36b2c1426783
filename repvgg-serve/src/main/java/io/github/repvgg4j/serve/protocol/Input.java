package io.github.repvgg4j.serve.protocol;

import io.github.repvgg4j.spec.InputShape;
import java.util.List;

/** The one input of a request. */
public sealed interface Input {

  /** Images. */
  int count();

  /**
   * Prepared images.
   *
   * @param values float32 {@code [count, C, H, W]} in C order, all finite
   * @param shape of one
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Tensor(float[] values, int count, InputShape shape) implements Input {}

  /**
   * Image files' contents.
   *
   * @param files 1 or more
   */
  record Encoded(List<byte[]> files) implements Input {

    @Override
    public int count() {
      return files.size();
    }
  }
}
