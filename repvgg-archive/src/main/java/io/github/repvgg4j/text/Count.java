package io.github.repvgg4j.text;

import java.util.Locale;

/** A number with its noun. */
public final class Count {

  private Count() {}

  /** {@code 1 image}, {@code 1,024 images}. */
  public static String of(long number, String noun) {
    return of(number, noun, noun + "s");
  }

  /** The same for nouns such as class, classes and batch, batches. */
  public static String of(long number, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : many);
  }
}
