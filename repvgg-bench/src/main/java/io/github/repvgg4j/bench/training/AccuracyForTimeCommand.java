package io.github.repvgg4j.bench.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.bench.measure.Table;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Accuracy of ended runs over the time that their epochs take, by block, seeds put together. */
@Command(
    name = "accuracy-for-time",
    mixinStandardHelpOptions = true,
    description =
        "Table and plot of ended runs: test top-1 over the minutes that their epochs take alone on"
            + " the machine.")
public final class AccuracyForTimeCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "RUN", description = "Folders of ended runs.")
  private List<Path> runs;

  @Option(
      names = "--images-per-second",
      required = true,
      split = ",",
      paramLabel = "BLOCK=N",
      description = "How fast each block trains on an idle machine.")
  private Map<String, Double> speeds;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE.png",
      description = "The plot.")
  private Path output;

  /**
   * Runs that differ in their seeds.
   *
   * @param name of the block, and what is done with its gradient
   */
  private record Recipe(String name, double minutes) {}

  @Override
  public Integer call() throws IOException {
    Map<String, TreeMap<Double, DoubleSummaryStatistics>> curves = new TreeMap<>();
    for (Path run : runs) {
      JsonNode result = new ObjectMapper().readTree(run.resolve("result.json").toFile());
      Recipe recipe = recipe(ConfigFiles.read(run.resolve("config.yaml")), result);
      curves
          .computeIfAbsent(recipe.name, name -> new TreeMap<>())
          .computeIfAbsent(recipe.minutes, minutes -> new DoubleSummaryStatistics())
          .accept(100 * result.path("top1").asDouble());
    }
    Table table = new Table("block | minutes | seeds | top-1, mean | least | greatest");
    curves.forEach(
        (name, points) ->
            points.forEach(
                (minutes, top1) ->
                    table.row(
                        "%s | %.1f | %d | %.2f | %.2f | %.2f",
                        name,
                        minutes,
                        top1.getCount(),
                        top1.getAverage(),
                        top1.getMin(),
                        top1.getMax())));
    System.out.print(table);
    BitmapEncoder.saveBitmap(chart(curves), output.toString(), BitmapEncoder.BitmapFormat.PNG);
    return 0;
  }

  private Recipe recipe(TrainConfig config, JsonNode result) {
    String block = config.model().block().name().toLowerCase(Locale.ROOT);
    Double speed = speeds.get(block);
    if (speed == null) {
      throw new IllegalArgumentException("--images-per-second: says nothing of " + block);
    }
    long images = 0;
    for (JsonNode one : result.path("classes")) {
      images += one.path("trainImages").asLong();
    }
    boolean scaled = config.training().optimizer().reparameterized().isPresent();
    double seconds = config.training().epochs() * images / speed;
    return new Recipe(block + (scaled ? " with RepOptimizer" : ""), seconds / 60);
  }

  private static XYChart chart(Map<String, TreeMap<Double, DoubleSummaryStatistics>> curves) {
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(560)
            .title("Accuracy for time")
            .xAxisTitle("minutes of training")
            .yAxisTitle("test top-1, %; bars: least and greatest of the seeds")
            .build();
    chart.getStyler().setXAxisMin(0.0).setChartBackgroundColor(Color.WHITE);
    curves.forEach(
        (name, points) -> {
          List<Double> means = new ArrayList<>();
          List<Double> ranges = new ArrayList<>();
          for (DoubleSummaryStatistics top1 : points.values()) {
            means.add(top1.getAverage());
            ranges.add((top1.getMax() - top1.getMin()) / 2);
          }
          chart.addSeries(name, List.copyOf(points.keySet()), means, ranges);
        });
    return chart;
  }
}
