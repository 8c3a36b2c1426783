package io.github.repvgg4j.train.run;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Losses and accuracy over the epochs as a picture. */
final class Curves {

  private Curves() {}

  /** A PNG of both charts, one above the other. */
  static byte[] png(List<EpochMetrics> metrics) throws IOException {
    XYChart loss = chart("loss");
    series(loss, "train", metrics, EpochMetrics::trainLoss);
    series(loss, "test", metrics, EpochMetrics::testLoss);
    XYChart accuracy = chart("top-1 accuracy, test");
    series(accuracy, "top-1", metrics, EpochMetrics::top1);
    return below(BitmapEncoder.getBufferedImage(loss), BitmapEncoder.getBufferedImage(accuracy));
  }

  private static XYChart chart(String title) {
    XYChart chart = new XYChartBuilder().width(800).height(360).title(title).build();
    chart.setXAxisTitle("epoch");
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
    chart.getStyler().setChartBackgroundColor(java.awt.Color.WHITE);
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
      chart
          .addSeries(
              name,
              known.stream().map(EpochMetrics::epoch).toList(),
              known.stream().map(value).toList())
          .setMarker(known.size() > 1 ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
    }
  }

  private static byte[] below(java.awt.image.BufferedImage top, java.awt.image.BufferedImage bottom)
      throws IOException {
    java.awt.image.BufferedImage both =
        new java.awt.image.BufferedImage(
            top.getWidth(),
            top.getHeight() + bottom.getHeight(),
            java.awt.image.BufferedImage.TYPE_INT_RGB);
    java.awt.Graphics2D graphics = both.createGraphics();
    graphics.drawImage(top, 0, 0, null);
    graphics.drawImage(bottom, 0, top.getHeight(), null);
    graphics.dispose();
    java.io.ByteArrayOutputStream png = new java.io.ByteArrayOutputStream();
    javax.imageio.ImageIO.write(both, "png", png);
    return png.toByteArray();
  }
}
