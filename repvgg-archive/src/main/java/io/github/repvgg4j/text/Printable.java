package io.github.repvgg4j.text;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names that others chose, in messages and tables. */
public final class Printable {

  private static final Pattern NOT_PRINTED =
      Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]");

  private Printable() {}

  /**
   * The name in one line: breaks and other control characters, by which a file's name could break a
   * table or steer a terminal, as Java writes them, such as {@code \n}.
   */
  public static String of(String name) {
    return NOT_PRINTED
        .matcher(name)
        .replaceAll(match -> Matcher.quoteReplacement(escaped(match.group())));
  }

  private static String escaped(String control) {
    return switch (control) {
      case "\n" -> "\\n";
      case "\r" -> "\\r";
      case "\t" -> "\\t";
      default -> String.format(Locale.ROOT, "\\u%04x", (int) control.charAt(0));
    };
  }
}
