package io.github.repvgg4j.train.run;

import io.github.repvgg4j.data.picture.Pictures;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Losses and accuracy over the epochs as a picture. */
final class Curves {

  /** Those of report.html: told apart on white, also by who sees no red or green. */
  private static final Map<String, Color> COLOURS =
      Map.of("train", new Color(0x1f6fd0), "test", new Color(0xd9730d));

  private static final int WIDTH = 800;
  private static final int HEIGHT = 360;
  private static final int MAX_LABELS = 11;

  private static final Color GRID = new Color(0xe2e2df);

  private Curves() {}

  /** A PNG of the charts that have values, one above the other. */
  static byte[] png(List<EpochMetrics> metrics) throws IOException {
    XYChart loss = chart("loss", metrics);
    series(loss, "train", metrics, EpochMetrics::trainLoss);
    series(loss, "test", metrics, EpochMetrics::testLoss);
    boolean several = metrics.stream().anyMatch(epoch -> epoch.meanAveragePrecision() != null);
    Measure measure = several ? Measure.MEAN_AVERAGE_PRECISION : Measure.TOP1;
    XYChart accuracy = chart(several ? measure.label() + ", %" : "top-1 accuracy, %", metrics);
    series(
        accuracy,
        "test",
        metrics,
        epoch -> measure.of(epoch) == null ? null : 100 * measure.of(epoch));
    List<XYChart> drawn =
        Stream.of(loss, accuracy).filter(chart -> !chart.getSeriesCollection().isEmpty()).toList();
    return below(drawn.stream().map(BitmapEncoder::getBufferedImage).toList());
  }

  private static XYChart chart(String title, List<EpochMetrics> metrics) {
    XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).build();
    chart.setXAxisTitle("epoch");
    XYStyler styler = chart.getStyler();
    styler.setLegendPosition(Styler.LegendPosition.OutsideE); // no curve ends under it
    styler.setLegendBorderColor(Color.WHITE);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(GRID);
    // The same epochs below one another, and labels that leave room for each other.
    int last = metrics.get(metrics.size() - 1).epoch();
    styler.setXAxisMin(0.0).setXAxisMax((double) last);
    styler.setXAxisMaxLabelCount(Math.min(last + 1, MAX_LABELS));
    styler.setXAxisTickMarkSpacingHint(WIDTH / MAX_LABELS);
    styler.setDecimalPattern("#.###");
    return chart;
  }

  private static void series(
      XYChart chart,
      String name,
      List<EpochMetrics> metrics,
      Function<EpochMetrics, Double> value) {
    List<EpochMetrics> known =
        metrics.stream().filter(epoch -> value.apply(epoch) != null).toList();
    if (!known.isEmpty()) {
      XYSeries series =
          chart.addSeries(
              name,
              known.stream().map(EpochMetrics::epoch).toList(),
              known.stream().map(epoch -> ChartRange.within(value.apply(epoch))).toList());
      series.setLineColor(COLOURS.get(name));
      series.setMarkerColor(COLOURS.get(name));
      series.setMarker(known.size() > 1 ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
    }
  }

  private static byte[] below(List<BufferedImage> charts) throws IOException {
    BufferedImage all =
        new BufferedImage(WIDTH, HEIGHT * charts.size(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = all.createGraphics();
    for (int i = 0; i < charts.size(); i++) {
      graphics.drawImage(charts.get(i), 0, i * HEIGHT, null);
    }
    graphics.dispose();
    return Pictures.encoded(all, "png");
  }
}
