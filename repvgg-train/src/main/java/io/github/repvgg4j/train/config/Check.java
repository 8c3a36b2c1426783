package io.github.repvgg4j.train.config;

/** Defaults and limits of single keys. */
final class Check {

  private Check() {}

  static <T> T orElse(T value, T fallback) {
    return value == null ? fallback : value;
  }

  static int atLeast(int min, String key, Integer value, int fallback) {
    int result = orElse(value, fallback);
    if (result < min) {
      throw new IllegalArgumentException(key + ": must be at least " + min + ", got " + result);
    }
    return result;
  }

  /** {@code min <= value < max}. */
  static double within(double min, double max, String key, Double value, double fallback) {
    double result = orElse(value, fallback);
    if (!(result >= min && result < max)) {
      String limit = max == Double.POSITIVE_INFINITY ? " or more" : " up to below " + max;
      throw new IllegalArgumentException(key + ": must be " + min + limit + ", got " + result);
    }
    return result;
  }

  static double notNegative(String key, Double value, double fallback) {
    return within(0, Double.POSITIVE_INFINITY, key, value, fallback);
  }

  static double positive(String key, Double value, double fallback) {
    double result = notNegative(key, value, fallback);
    if (result == 0) {
      throw new IllegalArgumentException(key + ": must be greater than 0");
    }
    return result;
  }
}
