package io.github.repvgg4j.train.report;

import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.report.LineChart.Line;
import io.github.repvgg4j.train.report.LineChart.Point;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The charts of one run. */
final class RunCharts {

  private static final int RATE_POINTS = 240;

  private RunCharts() {}

  /**
   * @param chosen epoch of model.zip
   */
  static List<LineChart> of(TrainConfig config, List<EpochMetrics> metrics, int chosen) {
    List<LineChart> charts =
        List.of(
            new LineChart(
                    "Loss",
                    List.of(
                        line("training", metrics, EpochMetrics::trainLoss),
                        line("test", metrics, EpochMetrics::testLoss)))
                .marking(chosen),
            new LineChart(
                    title(Measure.TOP1), List.of(line("test", metrics, percent(Measure.TOP1))))
                .marking(chosen),
            chosenBy(config.training().measure(), metrics).marking(chosen),
            new LineChart("Learning rate", List.of(learningRate(config, metrics))),
            new LineChart(
                    "Training images/s",
                    List.of(line("images/s", metrics, EpochMetrics::imagesPerSecond)))
                .fromZero());
    return charts.stream().filter(LineChart::hasPoints).toList();
  }

  /** Nothing for top-1, which has a chart of its own. */
  private static LineChart chosenBy(Measure measure, List<EpochMetrics> metrics) {
    List<EpochMetrics> shown = measure == Measure.TOP1 ? List.of() : metrics;
    return new LineChart(title(measure), List.of(line("test", shown, percent(measure))));
  }

  /** Of a chart. */
  static String title(Measure measure) {
    if (measure == Measure.TOP1) {
      return "Top-1 accuracy, %";
    }
    String label = measure.label();
    return label.substring(0, 1).toUpperCase(Locale.ROOT) + label.substring(1) + ", %";
  }

  /** Of an epoch; null where it was not tested. */
  static Function<EpochMetrics, Double> percent(Measure measure) {
    return epoch -> measure.of(epoch) == null ? null : Double.valueOf(100 * measure.of(epoch));
  }

  /** Over epochs. */
  static Line line(String name, List<EpochMetrics> metrics, Function<EpochMetrics, Double> value) {
    return line(name, metrics, EpochMetrics::epoch, value);
  }

  static Line line(
      String name,
      List<EpochMetrics> metrics,
      ToDoubleFunction<EpochMetrics> x,
      Function<EpochMetrics, Double> value) {
    return new Line(
        name,
        metrics.stream()
            .filter(epoch -> value.apply(epoch) != null && Double.isFinite(value.apply(epoch)))
            .map(epoch -> new Point(x.applyAsDouble(epoch), value.apply(epoch)))
            .toList());
  }

  /** Of the updates themselves, so that a warm-up of a few epochs is seen. */
  private static Line learningRate(TrainConfig config, List<EpochMetrics> metrics) {
    boolean even = config.training().batchSizeSchedule().isEmpty();
    if (!even || config.training().minutes() != null) { // updates stand for others of the recipe
      return line("learning rate", metrics, EpochMetrics::learningRate);
    }
    List<Point> points = new ArrayList<>();
    if (!metrics.isEmpty()) {
      EpochMetrics last = metrics.get(metrics.size() - 1);
      double perEpoch = (double) last.iteration() / last.epoch();
      int batches = (int) Math.round(perEpoch * config.training().accumulate());
      Schedule schedule = config.training().recipe(Math.max(1, batches)).schedule();
      long step = Math.max(1, last.iteration() / RATE_POINTS);
      for (long t = 0; t < last.iteration(); t += step) {
        points.add(new Point(t / perEpoch, schedule.at(t)));
      }
    }
    return new Line("learning rate", points);
  }
}
