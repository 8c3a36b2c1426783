package io.github.repvgg4j.train.report;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.data.set.DataIdentity;
import io.github.repvgg4j.train.report.LineChart.Line;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Measure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Several runs beside one another: their figures, what their configurations differ in, curves. */
public final class Comparison {

  /** Stands in the head of each page, see compare.mustache. */
  private static final String TITLE = "<title>Runs compared</title>";

  private static final int HEAD_BYTES = 1024;

  private static final double MINUTES_FROM = 180; // seconds

  private final List<RunGroup> groups;
  private final List<String> differences;
  private final List<Measure> measures;

  private Comparison(List<RunGroup> groups) {
    this.groups = groups;
    this.differences = differences();
    this.measures = measures();
  }

  /** A line of a table. */
  record Row(String name, List<String> values) {}

  /** What the template shows. */
  record Page(
      List<String> figures,
      List<Row> runs,
      List<String> names,
      List<Row> differences,
      List<LineChart> charts) {

    boolean hasDifferences() {
      return !differences.isEmpty();
    }
  }

  /**
   * Reads the folders. Runs that differ in their seeds only stand together, with the mean of each
   * figure.
   *
   * @throws IOException one line: which folder or file, what is wrong
   */
  public static Comparison of(List<Path> folders) throws IOException {
    List<RecordedRun> runs = new ArrayList<>();
    for (Path folder : folders) {
      runs.add(RecordedRun.read(folder));
    }
    return new Comparison(RunGroup.of(runs));
  }

  /** The keys that configurations answer differently. */
  private List<String> differences() {
    return runs()
        .flatMap(run -> run.keys().keySet().stream())
        .distinct()
        .filter(
            key ->
                !key.equals(RunGroup.FOLDER) && !(key.equals(RunGroup.DATA) && isOfTheSameImages()))
        .filter(key -> groups.stream().map(group -> group.value(key)).distinct().count() > 1)
        .toList();
  }

  /** Wherever they lay. */
  private boolean isOfTheSameImages() {
    List<Optional<DataIdentity>> seen = runs().map(RecordedRun::data).distinct().toList();
    return seen.size() == 1 && seen.get(0).isPresent()
        || runs().allMatch(RecordedRun::isOfGeneratedImages);
  }

  /** Which images choose the best epoch. */
  private String chooser() {
    List<String> parts =
        runs().map(run -> run.hasValidation() ? "val" : "test").distinct().sorted().toList();
    return String.join(" or ", parts);
  }

  private boolean hasValidation() {
    return runs().anyMatch(RecordedRun::hasValidation);
  }

  private Stream<RecordedRun> runs() {
    return groups.stream().flatMap(group -> group.runs().stream());
  }

  private List<String> names() {
    return groups.stream().map(RunGroup::name).toList();
  }

  /** Those that say something of any of the runs. */
  private List<Measure> measures() {
    return Arrays.stream(Measure.values())
        .filter(m -> runs().anyMatch(run -> Double.isFinite(run.of(m))))
        .filter(m -> m != Measure.BALANCED_ACCURACY || runs().anyMatch(run -> run.isChosenBy(m)))
        .toList();
  }

  private List<String> figures() {
    List<String> names = new ArrayList<>();
    for (Measure measure : measures) {
      if (hasValidation()) {
        names.add(measure.label() + ", val, %");
      }
      names.add(measure.label() + ", test, %");
      names.add(
          measure.label() + ", last epoch" + (hasValidation() ? ", " + chooser() : "") + ", %");
    }
    names.addAll(List.of("epochs", "seconds", "images/s, median", "parameters"));
    return names;
  }

  private List<String> figures(RunGroup group) {
    List<String> values = new ArrayList<>();
    for (Measure measure : measures) {
      if (hasValidation()) {
        values.add(group.percent(run -> run.validation(measure)));
      }
      values.add(group.percent(run -> run.test(measure)));
      values.add(group.percent(run -> run.last(measure)));
    }
    values.add(group.mean("%.0f", run -> run.metrics().size()));
    values.add(group.mean("%.1f", RecordedRun::seconds));
    values.add(group.mean("%.0f", run -> RunReport.medianSpeed(run.metrics())));
    values.add(group.runs().get(0).parameters());
    return values;
  }

  private List<Row> rows() {
    return groups.stream().map(group -> new Row(group.name(), figures(group))).toList();
  }

  /**
   * Plain text: a line for each run, or for the runs of one configuration with other seeds, then
   * what each one's configuration answers differently than the first one's.
   */
  public String table() {
    List<Row> rows = new ArrayList<>();
    rows.add(new Row("", figures()));
    rows.addAll(rows());
    StringBuilder text = new StringBuilder(aligned(rows, ""));
    RunGroup first = groups.get(0);
    for (RunGroup group : groups) {
      List<Row> answers =
          differences.stream()
              .filter(key -> !group.value(key).equals(first.value(key)))
              .map(key -> new Row(key, List.of(group.value(key), "(" + first.value(key) + ")")))
              .toList();
      if (!answers.isEmpty()) {
        text.append(Text.format("\n%s, not as (%s):\n", group.name(), first.name()));
        text.append(aligned(answers, "  "));
      }
    }
    return text.toString();
  }

  /** Columns, the first one to the left, the others to the right. */
  private static String aligned(List<Row> rows, String indent) {
    int[] widths = new int[rows.get(0).values.size()];
    int names = 0;
    for (Row row : rows) {
      names = Math.max(names, row.name.length());
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.values.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      text.append(indent).append(Text.format("%-" + Math.max(1, names) + "s", row.name));
      for (int i = 0; i < widths.length; i++) {
        text.append(Text.format("  %" + widths[i] + "s", row.values.get(i)));
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
    List<LineChart> charts = new ArrayList<>();
    for (Measure measure : measures) {
      String title = RunCharts.title(measure) + ", " + chooser();
      charts.add(chart(title, RunCharts.percent(measure)));
      charts.add(overTime(title, RunCharts.percent(measure)));
    }
    charts.add(chart("Loss, " + chooser(), EpochMetrics::testLoss));
    charts.add(chart("Loss, training", EpochMetrics::trainLoss));
    charts.add(chart("Learning rate", EpochMetrics::learningRate));
    Page page =
        new Page(
            figures(),
            rows(),
            names(),
            differences.stream()
                .map(key -> new Row(key, groups.stream().map(g -> g.value(key)).toList()))
                .toList(),
            charts.stream().filter(LineChart::hasPoints).toList());
    AtomicFile.write(
        file, Template.render("compare.mustache", page).getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isComparison(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8).contains(TITLE);
    }
  }

  private LineChart chart(String title, Function<EpochMetrics, Double> value) {
    return chart(title + ", over epochs", EpochMetrics::epoch, value);
  }

  private LineChart overTime(String title, Function<EpochMetrics, Double> value) {
    boolean minutes = runs().anyMatch(run -> run.seconds() > MINUTES_FROM);
    return minutes
        ? chart(title + ", over minutes", epoch -> epoch.seconds() / 60, value)
        : chart(title + ", over seconds", EpochMetrics::seconds, value);
  }

  private LineChart chart(
      String title, ToDoubleFunction<EpochMetrics> x, Function<EpochMetrics, Double> value) {
    List<Line> lines = new ArrayList<>();
    for (RunGroup group : groups) {
      for (RecordedRun run : group.runs()) {
        lines.add(RunCharts.line(group.name(), run.metrics(), x, value));
      }
    }
    return new LineChart(title, lines);
  }
}
