package io.github.repvgg4j.train;

import io.github.repvgg4j.data.picture.Pictures;
import io.github.repvgg4j.train.run.ChartRange;
import java.awt.Color;
import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A range test as a picture: losses over the logarithm of the learning rate. */
final class RateChart {

  private static final int WIDTH = 800;
  private static final int HEIGHT = 420;

  /** Above the first loss this much is shown; what diverges leaves the picture. */
  private static final double HEADROOM = 1.3;

  private static final Color SMOOTH = new Color(0x1f6fd0);
  private static final Color SINGLE = new Color(0xc9d8ea);
  private static final Color SUGGESTED = new Color(0xd9730d);

  private RateChart() {}

  /** A PNG. */
  static byte[] png(RateCurve curve) throws IOException {
    XYChart chart =
        new XYChartBuilder().width(WIDTH).height(HEIGHT).title("learning-rate range test").build();
    chart.setXAxisTitle("learning rate");
    chart.setYAxisTitle("training loss");
    double top = HEADROOM * curve.points().get(0).smooth();
    style(chart, curve, top);
    List<RateCurve.Point> shown =
        curve.points().stream().filter(p -> p.loss() <= top && p.smooth() <= top).toList();
    series(chart, "a batch", shown, RateCurve.Point::loss, SINGLE, SeriesMarkers.NONE);
    series(chart, "running mean", shown, RateCurve.Point::smooth, SMOOTH, SeriesMarkers.NONE);
    List<RateCurve.Point> found = List.of(curve.steepest());
    series(chart, "steepest", found, RateCurve.Point::smooth, SUGGESTED, SeriesMarkers.CIRCLE);
    List<RateCurve.Point> lowest = List.of(curve.lowest());
    series(chart, "lowest", lowest, RateCurve.Point::smooth, SMOOTH, SeriesMarkers.DIAMOND);
    return Pictures.encoded(BitmapEncoder.getBufferedImage(chart), "png");
  }

  private static void style(XYChart chart, RateCurve curve, double top) {
    XYStyler styler = chart.getStyler();
    styler.setXAxisLogarithmic(true);
    styler.setLegendPosition(Styler.LegendPosition.OutsideE);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(new Color(0xe2e2df));
    styler.setYAxisMax(ChartRange.within(top));
    styler.setYAxisDecimalPattern("#.##");
    styler.setXAxisMin(curve.points().get(0).rate());
  }

  private static void series(
      XYChart chart,
      String name,
      List<RateCurve.Point> points,
      ToDoubleFunction<RateCurve.Point> value,
      Color colour,
      Marker marker) {
    XYSeries series =
        chart.addSeries(
            name,
            points.stream().mapToDouble(RateCurve.Point::rate).toArray(),
            points.stream().mapToDouble(p -> ChartRange.within(value.applyAsDouble(p))).toArray());
    series.setLineColor(colour);
    series.setMarkerColor(colour);
    series.setMarker(marker);
  }
}
