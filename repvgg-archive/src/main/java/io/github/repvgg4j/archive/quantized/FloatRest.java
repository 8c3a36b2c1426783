package io.github.repvgg4j.archive.quantized;

import java.util.List;

/**
 * What a lean zip keeps of the float32 parameters: those of layers that compute in float32. They
 * stand in the entry {@link QuantizedEntries#FLOATS}, little-endian, one span behind the other.
 *
 * @param parameters how long the whole flat parameter vector was
 * @param spans of it, ascending
 */
public record FloatRest(long parameters, List<Span> spans) {

  /**
   * Neighbouring parameters.
   *
   * @param first place in the flat parameter vector
   * @param count how many, 1 or more
   */
  public record Span(long first, long count) {}

  /**
   * @throws IllegalArgumentException one line: no such vector, spans that overlap, are not in
   *     order, or leave it
   */
  public FloatRest {
    spans = List.copyOf(spans);
    if (parameters < 1 || parameters > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("floats: no network has " + parameters + " parameters");
    }
    long end = 0;
    for (Span span : spans) {
      if (span.first < end || span.count < 1 || span.count > parameters - span.first) {
        throw new IllegalArgumentException(
            "floats: span of "
                + span.count
                + " from "
                + span.first
                + " on is out of order or beyond the "
                + parameters
                + " parameters");
      }
      end = span.first + span.count;
    }
  }

  /** Numbers that are kept. */
  public long kept() {
    return spans.stream().mapToLong(Span::count).sum();
  }
}
