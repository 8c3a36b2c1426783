package io.github.repvgg4j.onednn;

import java.util.Arrays;
import java.util.Locale;

/** How dense 3x3 convolutions of stride 1 in float32 are computed; all others are direct. */
public enum Convolutions {
  /** By whichever is quicker here for a shape, which is measured. */
  FASTEST,
  /** By their definition. */
  DIRECT,
  /**
   * By Winograd's minimal filtering (Lavin and Gray, arXiv 1509.09308) wherever this CPU has code
   * for it: 2.25 or 4 times fewer multiplications, other roundings.
   */
  WINOGRAD;

  /**
   * @param text {@code fastest}, {@code direct} or {@code winograd}, in any case
   * @throws IllegalArgumentException for anything else
   */
  public static Convolutions of(String text) {
    for (Convolutions choice : values()) {
      if (choice.name().equalsIgnoreCase(text)) {
        return choice;
      }
    }
    throw new IllegalArgumentException(
        "convolutions: must be one of " + Arrays.toString(values()) + ", got " + text);
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
