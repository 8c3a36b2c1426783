package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.inference.ImageResult;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.ToLongFunction;

/** The header {@code Server-Timing} (W3C): where a request's time went, in milliseconds. */
final class ServerTiming {

  private ServerTiming() {}

  /** The longest of the images, which were on their way together. */
  static String of(List<ImageResult> results) {
    return "decode;dur="
        + longestMillis(results, ImageResult::decodeNanos)
        + ", wait;dur="
        + longestMillis(results, result -> result.times().waitNanos())
        + ", compute;dur="
        + longestMillis(results, result -> result.times().computeNanos());
  }

  /** With three digits behind the point; a formatter would take longer than all the rest here. */
  private static String longestMillis(
      List<ImageResult> results, ToLongFunction<ImageResult> nanos) {
    long micros = results.stream().mapToLong(nanos).max().orElse(0) / 1000;
    return BigDecimal.valueOf(micros, 3).toPlainString();
  }
}
