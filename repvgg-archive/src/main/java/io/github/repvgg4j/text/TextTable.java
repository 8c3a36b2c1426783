package io.github.repvgg4j.text;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows in aligned columns; cells that are numbers stand to the right. */
public final class TextTable {

  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a row; the first one may be a header. */
  public TextTable row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(Printable.of(String.valueOf(cell)));
    }
    rows.add(row);
    return this;
  }

  /** Prints the rows, each after the indent. */
  public void print(PrintWriter out, String indent) {
    lines().forEach(line -> out.println(indent + line));
  }

  /** The rows, each with its line break. */
  @Override
  public String toString() {
    return String.join("\n", lines()) + "\n";
  }

  private List<String> lines() {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    boolean[] numeric = new boolean[columns];
    for (int c = 0; c < columns; c++) {
      int column = c;
      List<String> cells =
          rows.stream().filter(row -> row.size() > column).map(row -> row.get(column)).toList();
      widths[c] = cells.stream().mapToInt(String::length).max().orElse(0);
      numeric[c] =
          cells.size() > 1 && cells.stream().skip(1).allMatch(cell -> cell.matches("[-+0-9.,e%]*"));
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < row.size(); c++) {
        String padding = " ".repeat(widths[c] - row.get(c).length());
        line.append(numeric[c] ? padding + row.get(c) : row.get(c) + padding).append("  ");
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
