package io.github.repvgg4j.train.run;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
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
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
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

  private static byte[] below(BufferedImage top, BufferedImage bottom) throws IOException {
    BufferedImage both =
        new BufferedImage(
            top.getWidth(), top.getHeight() + bottom.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = both.createGraphics();
    graphics.drawImage(top, 0, 0, null);
    graphics.drawImage(bottom, 0, top.getHeight(), null);
    graphics.dispose();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    // Not ImageIO's file cache: it registers a shutdown hook, too late when the run is being ended.
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
      ImageIO.write(both, "png", out);
    }
    return png.toByteArray();
  }
}
