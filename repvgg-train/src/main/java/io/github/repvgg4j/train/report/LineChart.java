package io.github.repvgg4j.train.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Lines over epochs or time as inline SVG. Colours and fonts come from the page's style sheet
 * (classes {@code line0}, {@code line1}, ...), so that light and dark are the browser's choice;
 * where there are more lines than colours, the next are dashed, then dotted.
 *
 * @param title above the chart
 * @param lines in the order of their colours, those of one name in one; one without points keeps
 *     its colour
 * @param baseline where the y axis begins
 * @param chosen x of a vertical line: the epoch whose weights were kept
 */
record LineChart(String title, List<Line> lines, Baseline baseline, OptionalInt chosen) {

  /** Where the y axis begins. */
  enum Baseline {
    /** Below the smallest value. */
    FITTED,
    /** At 0, for amounts whose proportions matter. */
    ZERO
  }

  private static final int WIDTH = 360;
  private static final int HEIGHT = 210;
  private static final int LEFT = 44;
  private static final int RIGHT = 350;
  private static final int TOP = 10;
  private static final int BOTTOM = 184;
  private static final int TICKS = 4;
  private static final int COLOURS = 6;
  private static final int PATTERNS = 3;
  private static final String MARK = "<path class=\"mark\" d=\"M%.1f %.1fV%.1f\"/>";

  /**
   * @param name in the legend
   * @param points finite, x rising
   */
  record Line(String name, List<Point> points) {}

  record Point(double x, double y) {}

  /**
   * A legend's entry.
   *
   * @param pattern of the line: 0 solid, 1 dashed, 2 dotted
   */
  record Key(int colour, int pattern, String name) {

    private static Key of(List<String> names, String name) {
      int index = names.indexOf(name);
      return new Key(index % COLOURS, index / COLOURS % PATTERNS, name);
    }
  }

  LineChart {
    lines = List.copyOf(lines);
  }

  LineChart(String title, List<Line> lines) {
    this(title, lines, Baseline.FITTED, OptionalInt.empty());
  }

  LineChart fromZero() {
    return new LineChart(title, lines, Baseline.ZERO, chosen);
  }

  LineChart marking(int epoch) {
    return new LineChart(title, lines, baseline, OptionalInt.of(epoch));
  }

  /** For the legend. */
  boolean hasChosen() {
    return chosen.isPresent();
  }

  int chosenEpoch() {
    return chosen.orElseThrow();
  }

  boolean hasPoints() {
    return lines.stream().anyMatch(line -> !line.points.isEmpty());
  }

  List<Key> legend() {
    List<String> names = names();
    return names.stream().map(name -> Key.of(names, name)).toList();
  }

  private List<String> names() {
    return lines.stream().map(Line::name).distinct().toList();
  }

  /** The drawing; holds numbers only, no text of a user. */
  String svg() {
    Scale x = Scale.over(values(Point::x), 1);
    List<Double> heights = new ArrayList<>(values(Point::y));
    if (baseline == Baseline.ZERO) {
      heights.add(0.0);
    }
    Scale y = Scale.over(heights, 0);
    StringBuilder svg = new StringBuilder();
    svg.append("<svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT + "\" role=\"img\">");
    for (double tick : y.ticks()) {
      double at = y.map(tick, BOTTOM, TOP);
      append(svg, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, at, RIGHT);
      append(
          svg, "<text x=\"%d\" y=\"%.1f\" class=\"y\">%s</text>", LEFT - 6, at + 4, y.text(tick));
    }
    for (double tick : x.ticks()) {
      double at = x.map(tick, LEFT, RIGHT);
      append(svg, "<text x=\"%.1f\" y=\"%d\">%s</text>", at, BOTTOM + 18, x.text(tick));
    }
    chosen.ifPresent(
        epoch -> append(svg, MARK, x.map(epoch, LEFT, RIGHT), (double) TOP, (double) BOTTOM));
    List<String> names = names();
    for (Line line : lines) {
      draw(svg, Key.of(names, line.name), line.points, x, y);
    }
    return svg.append("</svg>").toString();
  }

  private List<Double> values(Function<Point, Double> coordinate) {
    return lines.stream().flatMap(line -> line.points.stream()).map(coordinate).toList();
  }

  private static void draw(StringBuilder svg, Key key, List<Point> points, Scale x, Scale y) {
    if (points.size() == 1) {
      append(
          svg,
          "<circle class=\"line%d pattern%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
          key.colour,
          key.pattern,
          x.map(points.get(0).x, LEFT, RIGHT),
          y.map(points.get(0).y, BOTTOM, TOP));
      return;
    }
    append(svg, "<polyline class=\"line%d pattern%d\" points=\"", key.colour, key.pattern);
    for (Point p : points) {
      append(svg, "%.1f,%.1f ", x.map(p.x, LEFT, RIGHT), y.map(p.y, BOTTOM, TOP));
    }
    svg.append("\"/>");
  }

  private static void append(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  /** A linear axis between round numbers. */
  private record Scale(double from, double to, double step) {

    /** Whole multiples of {@code minStep}, where it is not 0. */
    static Scale over(List<Double> values, double minStep) {
      double min = values.stream().mapToDouble(v -> v).min().orElse(0);
      double max = values.stream().mapToDouble(v -> v).max().orElse(1);
      if (max - min < 1e-12) {
        double room = min == 0 ? 1 : Math.abs(min) / 2;
        min -= room;
        max += room;
      }
      double step = Math.max(minStep, round((max - min) / TICKS));
      return new Scale(
          Math.floor(min / step + 1e-9) * step, Math.ceil(max / step - 1e-9) * step, step);
    }

    /** The next of 1, 2, 5 times a power of ten. */
    private static double round(double step) {
      double power = Math.pow(10, Math.floor(Math.log10(step)));
      double digit = step / power;
      return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      for (int i = 0; from + i * step <= to + step / 2; i++) {
        ticks.add(from + i * step);
      }
      return ticks;
    }

    double map(double value, double low, double high) {
      return low + (value - from) / (to - from) * (high - low);
    }

    String text(double tick) {
      int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
      return decimals > 4
          ? String.format(Locale.ROOT, "%.0e", tick)
          : String.format(Locale.ROOT, "%." + decimals + "f", Math.abs(tick) < 1e-12 ? 0 : tick);
    }
  }
}
