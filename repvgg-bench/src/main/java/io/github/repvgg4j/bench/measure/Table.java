package io.github.repvgg4j.bench.measure;

import java.util.Locale;

/** A Markdown table of measurements. */
public final class Table {

  private final StringBuilder text = new StringBuilder();

  /**
   * @param header names of the columns between bars, {@code "engine | median ms"}
   */
  public Table(String header) {
    row("%s", header);
    row("%s", header.replaceAll("[^|]+", " --- ").strip());
  }

  /**
   * One more line.
   *
   * @param format of the cells between bars, {@code "%s | %.1f"}
   */
  public void row(String format, Object... cells) {
    text.append("| ").append(String.format(Locale.ROOT, format, cells)).append(" |\n");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
