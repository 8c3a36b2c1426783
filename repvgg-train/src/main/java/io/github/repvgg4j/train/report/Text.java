package io.github.repvgg4j.train.report;

import java.time.Duration;
import java.util.Locale;

/** Numbers as the page writes them. */
final class Text {

  private Text() {}

  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** 0.8912 becomes 89.12. */
  static String percent(double share) {
    return Double.isFinite(share) ? format("%.2f", 100 * share) : "-";
  }

  /** 4210 becomes 1 h 10 min. */
  static String duration(double seconds) {
    Duration duration = Duration.ofMillis(Math.round(1000 * seconds));
    if (seconds < 60) {
      return format("%.1f s", seconds);
    }
    return duration.toHours() > 0
        ? format("%d h %02d min", duration.toHours(), duration.toMinutesPart())
        : format("%d min %02d s", duration.toMinutes(), duration.toSecondsPart());
  }
}
