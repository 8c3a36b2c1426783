package io.github.repvgg4j.yaml;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers and truth values by YAML 1.2's core schema (section 10.3.2). What YAML 1.1 read otherwise
 * (010, 1_000, 1:30, yes) is refused with the form that means the same to every reader.
 */
final class Numbers {

  private static final Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
  private static final Pattern LEADING_ZEROS = Pattern.compile("([-+]?)0+([0-9]+)");
  private static final Pattern OCTAL = Pattern.compile("0o([0-7]+)");
  private static final Pattern HEXADECIMAL = Pattern.compile("0x([0-9a-fA-F]+)");
  private static final Pattern GROUPED = Pattern.compile("[-+]?[0-9]+([_'][0-9]{3})+(\\.[0-9]*)?");
  private static final Pattern COMMA = Pattern.compile("[-+]?[0-9]+,[0-9]+");
  private static final Pattern PERCENT = Pattern.compile("([0-9.]+) ?%");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,9})?");

  private Numbers() {}

  /**
   * A whole number within a range.
   *
   * @throws IllegalArgumentException what it must be, what it is, what to write
   */
  static long whole(YamlNode node, long min, long max) {
    String text = plain(node, "a whole number", WHOLE);
    BigInteger value = whole(text);
    if (value == null) {
      throw new IllegalArgumentException(
          "must be a whole number, got '" + text + "'" + remedy(text, true));
    }
    if (value.compareTo(BigInteger.valueOf(min)) < 0
        || value.compareTo(BigInteger.valueOf(max)) > 0) {
      throw new IllegalArgumentException(
          "must be a whole number from " + min + " to " + max + ", got " + text);
    }
    return value.longValueExact();
  }

  private static BigInteger whole(String text) {
    Matcher octal = OCTAL.matcher(text);
    Matcher hexadecimal = HEXADECIMAL.matcher(text);
    return WHOLE.matcher(text).matches()
        ? new BigInteger(text)
        : octal.matches()
            ? new BigInteger(octal.group(1), 8)
            : hexadecimal.matches() ? new BigInteger(hexadecimal.group(1), 16) : null;
  }

  /**
   * A finite number.
   *
   * @throws IllegalArgumentException what it must be, what it is, what to write
   */
  static double decimal(YamlNode node) {
    String text = plain(node, "a number", DECIMAL);
    BigInteger whole = whole(text);
    boolean octalLooks = LEADING_ZEROS.matcher(text).matches();
    if (whole == null && (octalLooks || !DECIMAL.matcher(text).matches())) {
      throw new IllegalArgumentException(
          "must be a number, got '" + text + "'" + remedy(text, false));
    }
    double value = whole == null ? Double.parseDouble(text) : whole.doubleValue();
    if (Double.isInfinite(value)) {
      throw new IllegalArgumentException("must be a number of at most 1.8e308, got " + text);
    }
    return value;
  }

  static boolean truth(YamlNode node) {
    String text = plain(node, "true or false", Pattern.compile("(?i)true|false"));
    return switch (text) {
      case "true", "True", "TRUE" -> true;
      case "false", "False", "FALSE" -> false;
      default ->
          throw new IllegalArgumentException(
              "must be true or false, got '" + text + "'" + truthRemedy(text));
    };
  }

  private static String truthRemedy(String text) {
    if (text.matches("(?i)y|yes|on|1")) {
      return "; write true";
    }
    return text.matches("(?i)n|no|off|0") ? "; write false" : "";
  }

  private static String plain(YamlNode node, String what, Pattern form) {
    if (!(node instanceof YamlNode.Scalar scalar)) {
      throw new IllegalArgumentException("must be " + what + ", got " + node.kind());
    }
    if (!scalar.plain()) {
      String quotes = form.matcher(scalar.text()).matches() ? " without quotes" : "";
      throw new IllegalArgumentException("must be " + what + quotes + ", got " + scalar.kind());
    }
    return scalar.text();
  }

  private static String remedy(String text, boolean whole) {
    Matcher zeros = LEADING_ZEROS.matcher(text);
    if (zeros.matches()) {
      String digits = zeros.group(2);
      String octal = digits.matches("[0-7]+") ? ", or 0o" + digits + " for octal" : "";
      return "; write " + zeros.group(1) + digits + octal;
    }
    if (GROUPED.matcher(text).matches()) {
      return "; write " + text.replaceAll("[_']", "");
    }
    if (!whole && COMMA.matcher(text).matches()) {
      return "; write " + text.replace(',', '.');
    }
    Matcher percent = PERCENT.matcher(text);
    if (!whole && percent.matches() && DECIMAL.matcher(percent.group(1)).matches()) {
      return "; write " + new BigDecimal(percent.group(1)).movePointLeft(2).toPlainString();
    }
    if (whole && DECIMAL.matcher(text).matches()) {
      BigDecimal value = new BigDecimal(text);
      boolean integral =
          value.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) < 0
              && value.precision() < 40
              && value.stripTrailingZeros().scale() <= 0;
      return integral ? "; write " + value.toBigInteger() : "";
    }
    return "";
  }
}
