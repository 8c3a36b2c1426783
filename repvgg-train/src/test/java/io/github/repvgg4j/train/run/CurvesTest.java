package io.github.repvgg4j.train.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurvesTest {

  private static EpochMetrics epoch(int epoch, double trainLoss, Double testLoss, Double top1) {
    return new EpochMetrics(
        epoch, epoch, 0.1, trainLoss, testLoss, top1, null, null, null, null, null, null, 10, 7);
  }

  private static BufferedImage drawn(EpochMetrics... metrics) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(Curves.png(List.of(metrics))));
  }

  /** XChart alone never returns from 1e20 and fails at 1e308. */
  @ParameterizedTest
  @ValueSource(doubles = {1e7, 2.8e20, 1e300, Double.MAX_VALUE})
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
  void aLossThatLeavesThePictureIsDrawnAtItsBorder(double loss) throws IOException {
    BufferedImage picture = drawn(epoch(1, 5.9, 5.7, 0.1), epoch(2, loss, loss, 0.2));
    BufferedImage border = drawn(epoch(1, 5.9, 5.7, 0.1), epoch(2, 1e6, 1e6, 0.2));
    assertThat(picture.getHeight()).isEqualTo(720);
    for (int y = 0; y < 720; y++) {
      for (int x = 0; x < 800; x++) {
        assertThat(picture.getRGB(x, y)).isEqualTo(border.getRGB(x, y));
      }
    }
    assertThat(drawn(epoch(1, loss, loss, null), epoch(2, loss, loss, null)).getHeight())
        .isEqualTo(360);
  }

  @Test
  void whatWasNotMeasuredHasNoChart() throws IOException {
    assertThat(drawn(epoch(1, 2.3, null, null)).getHeight()).isEqualTo(360);
    assertThat(drawn(epoch(1, 2.3, null, 0.4)).getHeight()).isEqualTo(720);
  }
}
