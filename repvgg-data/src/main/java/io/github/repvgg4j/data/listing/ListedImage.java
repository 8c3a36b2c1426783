package io.github.repvgg4j.data.listing;

import java.text.Normalizer;

/**
 * An image that was found.
 *
 * @param name path from the data set's root on, '/' between names, composed Unicode (NFC): the same
 *     on every machine
 * @param location where its tree has it; differs from the name in the spelling of letters only
 * @param length bytes; -1 unknown
 */
public record ListedImage(String name, String location, long length) {

  /** Below it everything is composed. */
  private static final int FIRST_COMBINING = 0x300;

  /** An image by its location. */
  public static ListedImage at(String location, long length) {
    return new ListedImage(composed(location), location, length);
  }

  /** The same text in composed Unicode; what is so already stays the same object. */
  public static String composed(String text) {
    return text.chars().allMatch(c -> c < FIRST_COMBINING)
            || Normalizer.isNormalized(text, Normalizer.Form.NFC)
        ? text
        : Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  ListedImage spelledAsItIs() {
    return new ListedImage(location, location, length);
  }
}
