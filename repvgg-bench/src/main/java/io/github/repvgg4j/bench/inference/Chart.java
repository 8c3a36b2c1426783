package io.github.repvgg4j.bench.inference;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/** Rows as curves over the batch size, which has a logarithmic axis. */
final class Chart {

  private Chart() {}

  /** What is shown of a row, and how its axis runs. */
  enum Quantity {
    TIME("time", "ms a batch", true, Row::medianMillis),
    MEMORY("memory", "MB", false, Row::peakMemoryMb);

    private final String name;
    private final String unit;
    private final boolean logarithmic;
    private final ToDoubleFunction<Row> value;

    Quantity(String name, String unit, boolean logarithmic, ToDoubleFunction<Row> value) {
      this.name = name;
      this.unit = unit;
      this.logarithmic = logarithmic;
      this.value = value;
    }
  }

  /** A PNG file, one curve an engine, precision and form. */
  static void overBatch(Path png, String title, Quantity quantity, List<Row> rows)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(560)
            .title(title + ", " + quantity.name)
            .xAxisTitle("batch size")
            .yAxisTitle(quantity.unit)
            .build();
    chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(quantity.logarithmic);
    if (!quantity.logarithmic) {
      chart.getStyler().setYAxisMin(0.0);
    }
    Map<String, List<Row>> curves = new LinkedHashMap<>();
    for (Row row : rows) {
      String name = row.engine() + " " + row.precision() + " " + row.form();
      curves.computeIfAbsent(name, key -> new java.util.ArrayList<>()).add(row);
    }
    curves.forEach(
        (name, curve) ->
            chart.addSeries(
                name,
                curve.stream().mapToDouble(Row::batch).toArray(),
                curve.stream().mapToDouble(quantity.value).toArray()));
    BitmapEncoder.saveBitmap(chart, png.toString(), BitmapEncoder.BitmapFormat.PNG);
  }

  /** One HTML file that holds the pictures and the table. */
  static void page(Path html, String title, Report report, List<Path> pictures) throws IOException {
    StringBuilder page =
        new StringBuilder("<!doctype html><meta charset=\"utf-8\"><title>")
            .append(title)
            .append("</title><style>body{font-family:sans-serif;margin:2em}</style><h1>")
            .append(title)
            .append("</h1>");
    for (Path picture : pictures) {
      page.append("<p><img alt=\"")
          .append(picture.getFileName())
          .append("\" src=\"data:image/png;base64,")
          .append(Base64.getEncoder().encodeToString(Files.readAllBytes(picture)))
          .append("\">");
    }
    page.append("<pre>").append(report).append("</pre>");
    Files.write(html, page.toString().getBytes(StandardCharsets.UTF_8));
  }
}
