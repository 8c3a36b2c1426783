package io.github.repvgg4j.train.report;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.train.report.LineChart.Line;
import io.github.repvgg4j.train.run.EpochMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Several runs beside one another: their figures, what their configurations differ in, curves. */
public final class Comparison {

  /** Stands in the head of each page, see compare.mustache. */
  private static final String TITLE = "<title>Runs compared</title>";

  private static final int HEAD_BYTES = 1024;
  private static final Set<String> NO_DIFFERENCE = Set.of("output.folder", "data.path");

  private final List<RecordedRun> runs;
  private final List<Row> figures;
  private final List<Row> differences;

  private Comparison(List<RecordedRun> runs) {
    this.runs = runs;
    this.figures =
        List.of(
            row("top-1, test, %", run -> Text.percent(run.top1())),
            row("top-1, last epoch, %", run -> Text.percent(run.lastTop1())),
            row("epochs", run -> Integer.toString(run.metrics().size())),
            row("seconds", run -> Text.format("%.1f", run.seconds())),
            row(
                "images/s, median",
                run -> Text.format("%.0f", RunReport.medianSpeed(run.metrics()))),
            row("parameters", RecordedRun::parameters));
    this.differences = differences();
  }

  /** A line of the table: a value for each run. */
  record Row(String name, List<String> values) {}

  /** What the template shows. */
  record Page(List<String> runs, List<Row> figures, List<Row> differences, List<LineChart> charts) {

    boolean hasDifferences() {
      return !differences.isEmpty();
    }
  }

  /**
   * Reads the folders.
   *
   * @throws IOException one line: which folder or file, what is wrong
   */
  public static Comparison of(List<Path> folders) throws IOException {
    List<RecordedRun> runs = new ArrayList<>();
    for (Path folder : folders) {
      runs.add(RecordedRun.read(folder));
    }
    return new Comparison(List.copyOf(runs));
  }

  private Row row(String name, Function<RecordedRun, String> value) {
    return new Row(name, runs.stream().map(value).toList());
  }

  private List<Row> differences() {
    Set<String> keys =
        runs.stream()
            .flatMap(run -> run.keys().keySet().stream())
            .filter(key -> !NO_DIFFERENCE.contains(key))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return keys.stream()
        .map(key -> row(key, run -> run.keys().getOrDefault(key, "-")))
        .filter(row -> row.values().stream().distinct().count() > 1)
        .toList();
  }

  private List<String> names() {
    return runs.stream().map(RecordedRun::name).toList();
  }

  /** Plain text: a column for each run. */
  public String table() {
    List<Row> rows = new ArrayList<>();
    rows.add(new Row("", names()));
    rows.addAll(figures);
    rows.addAll(differences);
    int[] widths = new int[runs.size() + 1];
    for (Row row : rows) {
      widths[0] = Math.max(widths[0], row.name().length());
      for (int i = 0; i < runs.size(); i++) {
        widths[i + 1] = Math.max(widths[i + 1], row.values().get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      text.append(Text.format("%-" + widths[0] + "s", row.name()));
      for (int i = 0; i < runs.size(); i++) {
        text.append(Text.format("  %" + widths[i + 1] + "s", row.values().get(i)));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /**
   * Writes the page: table and overlaid curves, all in one file.
   *
   * @throws IOException also when the file exists and is no such page, such as a run's report
   */
  public void write(Path file) throws IOException {
    if (Files.exists(file) && !isComparison(file)) {
      throw new IOException(file + ": exists and is no comparison; give another -o FILE.html");
    }
    List<LineChart> charts =
        List.of(
            chart("Top-1 accuracy, test, %", RunCharts::top1),
            chart("Loss, test", EpochMetrics::testLoss),
            chart("Loss, training", EpochMetrics::trainLoss),
            chart("Learning rate", EpochMetrics::learningRate));
    Page page =
        new Page(
            names(), figures, differences, charts.stream().filter(LineChart::hasPoints).toList());
    AtomicFile.write(
        file, Template.render("compare.mustache", page).getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isComparison(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8).contains(TITLE);
    }
  }

  private LineChart chart(String title, Function<EpochMetrics, Double> value) {
    List<Line> lines =
        runs.stream().map(run -> RunCharts.line(run.name(), run.metrics(), value)).toList();
    return new LineChart(title, lines);
  }
}
