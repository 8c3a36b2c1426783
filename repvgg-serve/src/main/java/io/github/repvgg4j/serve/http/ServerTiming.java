package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.inference.ImageResult;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** The header {@code Server-Timing} (W3C): where a request's time went, in milliseconds. */
final class ServerTiming {

  private ServerTiming() {}

  /** The longest of the images, which were on their way together. */
  static String of(List<ImageResult> results) {
    return String.format(
        Locale.ROOT,
        "decode;dur=%.3f, wait;dur=%.3f, compute;dur=%.3f",
        longestMillis(results, ImageResult::decodeNanos),
        longestMillis(results, result -> result.times().waitNanos()),
        longestMillis(results, result -> result.times().computeNanos()));
  }

  private static double longestMillis(
      List<ImageResult> results, ToLongFunction<ImageResult> nanos) {
    return results.stream().mapToLong(nanos).max().orElse(0) / 1e6;
  }
}
