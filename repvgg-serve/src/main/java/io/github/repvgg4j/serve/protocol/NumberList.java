package io.github.repvgg4j.serve.protocol;

import java.util.Arrays;

/** Numbers as they come, which grow with what was sent and not with what a shape promises. */
final class NumberList {

  private float[] values = new float[64];
  private int length;

  void add(float value) {
    if (length == values.length) {
      values = Arrays.copyOf(values, 2 * length);
    }
    values[length++] = value;
  }

  int length() {
    return length;
  }

  float[] toArray() {
    return length == values.length ? values : Arrays.copyOf(values, length);
  }
}
