package io.github.repvgg4j.data;

import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.RgbImage;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** What src/test/python/pillow_fixtures.py wrote. */
public final class PillowFixtures {

  private PillowFixtures() {}

  public static Path path(String name) {
    try {
      return Path.of(PillowFixtures.class.getResource("/pillow/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static RgbImage read(String name) throws IOException {
    return ImageReader.read(path(name));
  }

  /** Mean of |a - b| over all values, on the scale 0..255. */
  public static double meanDifference(RgbImage a, RgbImage b) {
    if (a.width() != b.width() || a.height() != b.height()) {
      throw new AssertionError(
          "%d x %d is not %d x %d".formatted(a.width(), a.height(), b.width(), b.height()));
    }
    long sum = 0;
    for (int i = 0; i < a.pixels().length; i++) {
      sum += Math.abs((a.pixels()[i] & 0xff) - (b.pixels()[i] & 0xff));
    }
    return (double) sum / a.pixels().length;
  }
}
