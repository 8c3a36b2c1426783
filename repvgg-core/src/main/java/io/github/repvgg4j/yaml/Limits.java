package io.github.repvgg4j.yaml;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Holds a record's values to the {@link Limit}s of its components. */
public final class Limits {

  /** What a shell fills in, and a folder of that name is what nobody wants. */
  private static final Pattern SHELL_WORD =
      Pattern.compile("^~(?=[/\\\\]|$)|(?<![^/\\\\])(\\$\\w+|\\$\\{\\w+}|%\\w+%)(?=[/\\\\]|$)");

  private final Map<String, Limit> limits = new LinkedHashMap<>();

  private Limits(Class<? extends Record> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      Limit limit = component.getAnnotation(Limit.class);
      if (limit != null) {
        limits.put(component.getName(), limit);
      }
    }
  }

  /** The limits of a record's components. */
  public static Limits of(Class<? extends Record> type) {
    return new Limits(type);
  }

  /**
   * A value, or its default, within its limits.
   *
   * @throws IllegalArgumentException one line that begins with the key
   */
  public <T> T value(String key, T value, T fallback) {
    T result = value == null ? fallback : value;
    Limit limit = limits.get(key);
    if (limit == null) {
      return result;
    }
    if (result == null || result instanceof String text && text.isBlank()) {
      if (limit.required()) {
        String example = limit.example().isEmpty() ? "" : ", such as " + limit.example();
        throw new IllegalArgumentException(key + ": is required" + example);
      }
      if (result != null && limit.path()) {
        throw new IllegalArgumentException(key + ": is empty; give a path");
      }
    } else if (limit.path() && result instanceof String text && SHELL_WORD.matcher(text).find()) {
      throw new IllegalArgumentException(
          key + ": ~ and variables mean nothing here, got '" + text + "'; write the path out");
    } else if (result instanceof Number number) {
      check(key, number, limit);
    } else if (result instanceof List<?> list) {
      check(key, list, limit);
    }
    return result;
  }

  /**
   * Refuses a value that would do nothing. As its default it may stand there, as in the files that
   * runs write.
   *
   * @param applies whether it does something
   * @param needs what it goes with, such as {@code type: step}
   * @throws IllegalArgumentException one line that begins with the key
   */
  public static void requireUse(
      String key, Object value, Object fallback, boolean applies, String needs) {
    if (!applies && value != null && !value.equals(fallback)) {
      throw new IllegalArgumentException(
          key + ": does nothing without " + needs + "; add that, or remove " + key);
    }
  }

  /** A value that has no default and may be missing where its limit allows it. */
  public <T> T value(String key, T value) {
    return value(key, value, null);
  }

  private static void check(String key, List<?> list, Limit limit) {
    if (limit.size() >= 0 && list.size() != limit.size()) {
      throw new IllegalArgumentException(key + ": needs " + limit.size() + " numbers, got " + list);
    }
    if (list.size() < limit.minSize()) {
      throw new IllegalArgumentException(key + ": needs at least " + limit.minSize() + " number");
    }
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) instanceof Number number) {
        check(key + "[" + i + "]", number, limit);
      }
    }
  }

  private static void check(String key, Number number, Limit limit) {
    double value = number.doubleValue();
    boolean within =
        value >= limit.min()
            && value > limit.above()
            && value <= limit.max()
            && value < limit.below();
    if (!within || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          key + ": must be " + words(limit) + ", got " + plain(number));
    }
  }

  private static String words(Limit limit) {
    List<String> parts =
        Arrays.asList(
            limit.min() > Double.NEGATIVE_INFINITY ? "at least " + plain(limit.min()) : "",
            limit.above() > Double.NEGATIVE_INFINITY ? "greater than " + plain(limit.above()) : "",
            limit.max() < Double.POSITIVE_INFINITY ? "at most " + plain(limit.max()) : "",
            limit.below() < Double.POSITIVE_INFINITY ? "less than " + plain(limit.below()) : "");
    String words = String.join(" and ", parts.stream().filter(part -> !part.isEmpty()).toList());
    return words.isEmpty() ? "a finite number" : words;
  }

  private static String plain(Number number) {
    double value = number.doubleValue();
    if (!(number instanceof Double) || Double.isNaN(value) || Double.isInfinite(value)) {
      return number.toString();
    }
    String plain = BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    return plain.length() > 12 ? number.toString() : plain;
  }
}
