package io.github.repvgg4j.serve.command;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Amounts as people write them. */
final class Amounts {

  private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?) ?([a-z]*)");

  private Amounts() {}

  private static Matcher match(String text, String expected) {
    Matcher matcher = AMOUNT.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new TypeConversionException(expected + " expected, got '" + text + "'");
    }
    return matcher;
  }

  /** {@code 2ms}, {@code 0.5s}, {@code 1m}. */
  static final class DurationConverter implements ITypeConverter<Duration> {

    private static final String EXPECTED = "a time such as 2ms, 0.5s or 1m";

    @Override
    public Duration convert(String text) {
      Matcher matcher = match(text, EXPECTED);
      long nanos =
          switch (matcher.group(2)) {
            case "us" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            default ->
                throw new TypeConversionException(EXPECTED + " expected, got '" + text + "'");
          };
      return Duration.ofNanos(
          new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(nanos)).longValue());
    }
  }

  /** {@code 32M}, {@code 4096}. */
  static final class BytesConverter implements ITypeConverter<Long> {

    private static final String EXPECTED = "a number of bytes such as 4096, 512k, 32m or 1g";

    @Override
    public Long convert(String text) {
      Matcher matcher = match(text, EXPECTED);
      long unit =
          switch (matcher.group(2)) {
            case "" -> 1;
            case "k" -> 1 << 10;
            case "m" -> 1 << 20;
            case "g" -> 1 << 30;
            default ->
                throw new TypeConversionException(EXPECTED + " expected, got '" + text + "'");
          };
      return new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)).longValue();
    }
  }
}
