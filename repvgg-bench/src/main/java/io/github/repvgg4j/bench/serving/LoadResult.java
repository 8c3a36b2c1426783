package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.serving.Connection.Answer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a load brought back. One thread writes; parts are added at the end. */
final class LoadResult {

  private final Map<String, Long> outcomes = new TreeMap<>();
  private long[] nanos = new long[1 << 12];
  private int count;
  private long wrong;
  private double seconds;
  private String firstWrong = "";

  void answer(Answer answer, long tookNanos, Call call) {
    outcomes.merge(Integer.toString(answer.status()), 1L, Long::sum);
    if (answer.status() == 200) {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * count);
      }
      nanos[count++] = tookNanos;
      if (!call.right().test(answer)) {
        wrong++;
        firstWrong = firstWrong.isEmpty() ? answer.text() : firstWrong;
      }
    }
  }

  void failure(IOException fault) {
    outcomes.merge("no answer: " + fault.getMessage(), 1L, Long::sum);
  }

  void add(LoadResult part) {
    part.outcomes.forEach((outcome, number) -> outcomes.merge(outcome, number, Long::sum));
    long[] all = Arrays.copyOf(nanos, count + part.count);
    System.arraycopy(part.nanos, 0, all, count, part.count);
    nanos = all;
    count += part.count;
    wrong += part.wrong;
    firstWrong = firstWrong.isEmpty() ? part.firstWrong : firstWrong;
  }

  void took(double allSeconds) {
    seconds = allSeconds;
    Arrays.sort(nanos, 0, count);
  }

  /** Answers with status 200 a second. */
  double perSecond() {
    return count / seconds;
  }

  long wrong() {
    return wrong;
  }

  /** How often each status came, and each failure of a connection. */
  Map<String, Long> outcomes() {
    return outcomes;
  }

  /** All that is neither 200 nor 503. */
  long failed() {
    return outcomes.entrySet().stream()
        .filter(each -> !each.getKey().equals("200") && !each.getKey().equals("503"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Of the answers with status 200; {@code share} 0.99 is p99. */
  double millis(double share) {
    return count == 0 ? Double.NaN : nanos[(int) Math.min(count - 1, share * count)] / 1e6;
  }

  @Override
  public String toString() {
    String text =
        String.format(
            Locale.ROOT,
            "%.1f/s, p50 %.1f, p90 %.1f, p99 %.1f, max %.1f ms, %s, %d wrong",
            perSecond(),
            millis(0.5),
            millis(0.9),
            millis(0.99),
            millis(1),
            outcomes,
            wrong);
    return firstWrong.isEmpty()
        ? text
        : text + ", such as " + firstWrong.substring(0, Math.min(200, firstWrong.length()));
  }
}
