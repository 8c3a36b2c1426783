package io.github.repvgg4j.data.load;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.repvgg4j.data.image.RgbImage;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DecodedImagesTest {

  private static final long MEBIBYTE = 1 << 20;
  private static final RgbImage ONE_MEBIBYTE = RgbImage.black(1024, 341);

  @Test
  void aQuarterOfTheHeapIsNeverExceededAndTheLogSaysSoOnce() {
    List<String> log =
        logged(() -> new DecodedImages(100, 0, 512 * MEBIBYTE, 40 * MEBIBYTE), 100, 10);
    assertThat(log)
        .containsExactly(
            "10 MiB of decoded images are kept instead of 512 (data.cacheMiB): a quarter of the"
                + " Java heap of 40 MiB (-Xmx)");
  }

  @Test
  void nothingIsSaidWhereAllImagesFitOrNothingWasCut() {
    assertThat(logged(() -> new DecodedImages(5, MEBIBYTE, 512 * MEBIBYTE, 40 * MEBIBYTE), 5, 5))
        .isEmpty();
    assertThat(logged(() -> new DecodedImages(9, 0, 3 * MEBIBYTE, 40 * MEBIBYTE), 9, 3)).isEmpty();
    assertThat(logged(() -> new DecodedImages(9, 0, 0, 40 * MEBIBYTE), 9, 0)).isEmpty();
  }

  @Test
  void aSmallImageIsKeptAfterOneThatDoesNotFit() {
    DecodedImages images = new DecodedImages(2, 0, MEBIBYTE, 100 * MEBIBYTE);
    images.keep(0, RgbImage.black(1024, 1024));
    images.keep(1, ONE_MEBIBYTE);
    assertThat(images.get(0)).isNull();
    assertThat(images.get(1)).isSameAs(ONE_MEBIBYTE);
  }

  /** Keeps images of one MiB each and expects so many to be there. */
  private static List<String> logged(Supplier<DecodedImages> make, int count, int kept) {
    Logger logger = (Logger) LoggerFactory.getLogger(DecodedImages.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Level before = logger.getLevel();
    lines.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
    try {
      DecodedImages images = make.get();
      for (int i = 0; i < count; i++) {
        images.keep(i, ONE_MEBIBYTE);
      }
      int there = 0;
      for (int i = 0; i < count; i++) {
        there += images.get(i) == null ? 0 : 1;
      }
      assertThat(there).isEqualTo(kept);
      return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(before);
    }
  }
}
