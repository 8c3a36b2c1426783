package io.github.repvgg4j.train.report;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.train.config.ConfigDifference;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.Loss;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.report.Environment.Fact;
import io.github.repvgg4j.train.report.Mistakes.Mistake;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Measure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The page of one run. Everything is in the file: styles, charts as SVG, pictures as data: URIs; no
 * script, nothing is fetched.
 */
public final class RunReport {

  private RunReport() {}

  /**
   * What the page is about.
   *
   * @param title of the page
   * @param config of the run
   * @param metrics of its epochs
   * @param figures the run's result
   * @param acceleration what the fast helpers did, one line
   * @param model what the test images and the weights say of model.zip
   */
  public record Content(
      String title,
      TrainConfig config,
      List<EpochMetrics> metrics,
      Figures figures,
      String acceleration,
      ModelFindings model) {}

  /**
   * The result in numbers.
   *
   * @param program that trained
   * @param top1 test accuracy of model.zip
   * @param averaged top-1 (of several classes an image the mean average precision) with several
   *     copies of each image averaged, where that was asked for
   * @param last the same of the test part, which was looked at once, where {@code val} chose the
   *     epoch
   * @param lastTop1 test accuracy after the last epoch
   * @param best the epoch of model.zip
   * @param bestEpoch epoch of model.zip
   * @param seconds of the run
   * @param parameters of the network
   * @param badImages left out
   */
  public record Figures(
      String program,
      double top1,
      OptionalDouble averaged,
      OptionalDouble last,
      double lastTop1,
      Optional<EpochMetrics> best,
      int bestEpoch,
      double seconds,
      long parameters,
      int badImages) {}

  /** A number that matters, large. */
  record Tile(String value, String name) {}

  /** What the template shows; its names are the template's. */
  record Page(
      String title,
      String subtitle,
      String model,
      String fast,
      List<Tile> tiles,
      List<LineChart> charts,
      ClassResults classes,
      List<Mistake> mistakes,
      List<BranchRow> branches,
      List<ConfigDifference> differences,
      String usual,
      String configuration,
      List<Fact> environment) {

    boolean hasMistakes() {
      return !mistakes.isEmpty();
    }

    boolean hasDifferences() {
      return !differences.isEmpty();
    }

    boolean hasBranches() {
      return !branches.isEmpty();
    }
  }

  /** A part of a bar. */
  record Part(String kind, String percent) {}

  /** A block's shares in per cent, a dash for a branch that it has not, and their bar. */
  record BranchRow(
      String block,
      String dense,
      String pointwise,
      String identity,
      List<Part> bar,
      String fusedNorm) {

    private static final String ABSENT = "\u2013";

    static BranchRow of(BranchShares shares) {
      return new BranchRow(
          shares.block(),
          percent(OptionalDouble.of(shares.dense())),
          percent(shares.pointwise()),
          percent(shares.identity()),
          bar(shares),
          Text.format("%.3g", shares.fusedNorm()));
    }

    private static List<Part> bar(BranchShares shares) {
      return Stream.of(
              new Part("dense", percent(OptionalDouble.of(shares.dense()))),
              new Part("pointwise", percent(shares.pointwise())),
              new Part("identity", percent(shares.identity())))
          .filter(part -> !part.percent.equals(ABSENT))
          .toList();
    }

    private static String percent(OptionalDouble share) {
      return share.isEmpty() ? ABSENT : Text.format("%.1f", 100 * share.getAsDouble());
    }
  }

  /** Writes the page; either the whole of it stands there afterwards or what stood there before. */
  public static void write(Path file, Content content) throws IOException {
    String html = Template.render("report.mustache", page(content));
    AtomicFile.write(file, html.getBytes(StandardCharsets.UTF_8));
  }

  private static Page page(Content content) {
    TrainConfig config = content.config();
    return new Page(
        content.title(),
        subtitle(content),
        shellWord(config.folder().resolve("model.zip").toString()),
        shellWord(config.folder().resolve("fast.zip").toString()),
        tiles(content),
        RunCharts.of(config, content.metrics(), content.figures().bestEpoch()),
        content.model().classes(),
        content.model().mistakes(),
        content.model().branches().stream().map(BranchRow::of).toList(),
        ConfigDifference.of(config),
        config.preset() == null ? "default" : "preset " + config.preset(),
        ConfigFiles.write(config),
        Environment.facts(
            content.figures().program(), config.data().threads(), content.acceleration()));
  }

  /** As a shell takes it for one word. */
  public static String shellWord(String path) {
    return path.matches("[\\w./:\\\\-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
  }

  private static String subtitle(Content content) {
    Figures figures = content.figures();
    String bad = figures.badImages() == 0 ? "" : "; bad images left out: " + figures.badImages();
    return "model.zip holds the weights of epoch "
        + figures.bestEpoch()
        + ", seed "
        + content.config().training().seed()
        + bad;
  }

  private static List<Tile> tiles(Content content) {
    Figures figures = content.figures();
    boolean several = content.config().training().loss() == Loss.SIGMOID;
    String measure = (several ? Measure.MEAN_AVERAGE_PRECISION : Measure.TOP1).label() + ", ";
    String chooser = figures.last().isPresent() ? "val" : "test";
    List<Tile> tiles = new ArrayList<>();
    figures.last().ifPresent(score -> tiles.add(tile(score, measure + "test, at the end")));
    String where = chooser + ", model.zip";
    if (several) {
      figures.best().ifPresent(best -> labels(best, where, tiles));
    } else {
      tiles.add(tile(figures.top1(), measure + where));
    }
    if (figures.averaged().isPresent()) {
      int copies = content.config().training().testTimeAveraging().passes();
      tiles.add(
          tile(
              figures.averaged().getAsDouble(),
              measure + chooser + ", mean of " + copies + " copies"));
    }
    if (!several) {
      tiles.add(tile(figures.lastTop1(), measure + chooser + ", last epoch"));
    }
    Measure chosenBy = content.config().training().measure();
    if (chosenBy == Measure.BALANCED_ACCURACY) {
      figures
          .best()
          .ifPresent(best -> tiles.add(tile(chosenBy.of(best), chosenBy.label() + ", " + where)));
    }
    tiles.add(new Tile(Integer.toString(content.metrics().size()), "epochs"));
    tiles.add(new Tile(Text.duration(figures.seconds()), "in all"));
    tiles.add(
        new Tile(
            Text.format("%,.0f", medianSpeed(content.metrics())),
            "images/s, median of the epochs"));
    tiles.add(new Tile(Text.format("%,d", figures.parameters()), "parameters"));
    return tiles;
  }

  private static Tile tile(double share, String name) {
    return new Tile(Text.percent(share) + " %", name);
  }

  private static void labels(EpochMetrics best, String where, List<Tile> tiles) {
    tiles.add(tile(best.meanAveragePrecision(), "mean average precision, " + where));
    tiles.add(tile(best.microF1(), "micro F1, " + where));
    tiles.add(tile(best.macroF1(), "macro F1, " + where));
    tiles.add(tile(best.exactMatch(), "all classes right, " + where));
  }

  static double medianSpeed(List<EpochMetrics> metrics) {
    double[] speeds =
        metrics.stream().mapToDouble(EpochMetrics::imagesPerSecond).sorted().toArray();
    int half = speeds.length / 2;
    return speeds.length == 0 ? 0 : (speeds[half] + speeds[(speeds.length - 1) / 2]) / 2;
  }
}
