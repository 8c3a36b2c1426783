package io.github.repvgg4j.accelerate;

import java.util.Arrays;
import java.util.Locale;

/** Whether a network's layers get fast helpers. */
public enum AccelerationMode {
  /** Every layer for which a helper agrees with the stock path; the others stay stock. */
  AUTO,
  /** Stock Deeplearning4j everywhere. */
  OFF,
  /** As AUTO, but a convolution or BatchNorm layer left on the stock path is an error. */
  REQUIRE;

  /** System property that overrides what a caller or a YAML file asked for. */
  public static final String PROPERTY = "repvgg.backend.accelerate";

  /**
   * @param text {@code auto}, {@code off} or {@code require}, in any case
   * @throws IllegalArgumentException for anything else
   */
  public static AccelerationMode of(String text) {
    for (AccelerationMode mode : values()) {
      if (mode.toString().equalsIgnoreCase(text)) {
        return mode;
      }
    }
    throw new IllegalArgumentException(
        "accelerate: must be one of " + Arrays.toString(values()) + ", got " + text);
  }

  /** The mode of system property {@value #PROPERTY}, or this one where it isn't set. */
  public AccelerationMode unlessOverridden() {
    String property = System.getProperty(PROPERTY);
    return property == null ? this : of(property);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
