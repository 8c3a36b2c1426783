package io.github.repvgg4j.data.jpeg;

/** Values of 8 bits. */
final class Levels {

  private Levels() {}

  /** The nearest of 0 to 255. By bits, of which the JVM makes vector instructions. */
  static int clamp(int value) {
    int positive = value & ~(value >> 31);
    return (positive | 255 - positive >> 31) & 255;
  }
}
