package io.github.repvgg4j.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.answer.ClassMap;
import java.awt.Color;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Colours of numbers, and maps over images. */
class PicturesTest {

  /** CIELAB by Java's own profile of sRGB, of which the colours' maker knows nothing. */
  private static double[] lab(int rgb) {
    float[] xyz =
        new Color(rgb).getColorComponents(ColorSpace.getInstance(ColorSpace.CS_CIEXYZ), null);
    double fx = curve(xyz[0] / 0.9642); // the profile's white is D50
    double fy = curve(xyz[1]);
    double fz = curve(xyz[2] / 0.8249);
    return new double[] {116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)};
  }

  private static double curve(double t) {
    return t > 216.0 / 24389 ? Math.cbrt(t) : (24389.0 / 27 * t + 16) / 116;
  }

  @Test
  void coloursBecomeLighterByStepsThatLookAlike() {
    double[] before = null;
    for (int i = 0; i <= 16; i++) {
      double[] now = lab(ColourMap.rgb(i / 16.0));
      if (before != null) {
        assertThat(now[0]).as("lightness at %d of 16", i).isGreaterThan(before[0] + 2);
        double step =
            Math.hypot(Math.hypot(now[0] - before[0], now[1] - before[1]), now[2] - before[2]);
        assertThat(step).as("step %d of 16", i).isBetween(6.0, 18.0);
      }
      before = now;
    }
    assertThat(lab(ColourMap.rgb(0))[0]).isLessThan(6);
    assertThat(before[0]).isGreaterThan(92);
  }

  @Test
  void numbersBeyondTheEndsHaveTheEndsColours() {
    assertThat(ColourMap.rgb(-3)).isEqualTo(ColourMap.rgb(0));
    assertThat(ColourMap.rgb(Double.NaN)).isEqualTo(ColourMap.rgb(0));
    assertThat(ColourMap.rgb(7)).isEqualTo(ColourMap.rgb(1));
  }

  private static BufferedImage plain(int width, int height, int rgb) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, rgb);
      }
    }
    return picture;
  }

  @Test
  void lightestPlaceIsWhereTheMapIsLargest() {
    double[] values = new double[12];
    values[1 * 4 + 2] = 5; // row 1 of 3, column 2 of 4
    BufferedImage overlay =
        Pictures.overlay(plain(80, 60, 0x808080), new ClassMap(0, 3, 4, values, 0));
    double lightest = -1;
    int at = -1;
    for (int i = 0; i < 80 * 60; i++) {
      double lightness = lab(overlay.getRGB(i % 80, i / 80) & 0xffffff)[0];
      if (lightness > lightest) {
        lightest = lightness;
        at = i;
      }
    }
    assertThat(at % 80).isBetween(48, 51);
    assertThat(at / 80).isBetween(28, 31);
  }

  @Test
  void mapWithoutDifferencesIsOfOneColour() {
    BufferedImage overlay =
        Pictures.overlay(plain(5, 4, 0), new ClassMap(0, 1, 2, new double[] {3, 3}, 0));
    int first = overlay.getRGB(0, 0);
    assertThat(overlay.getRGB(4, 3)).isEqualTo(first);
  }

  @Test
  void smallPicturesKeepTheirPixelsAndLargeOnesTheirProportions() {
    BufferedImage dots = plain(2, 1, 0xff0000);
    dots.setRGB(1, 0, 0x0000ff);
    BufferedImage large = Pictures.fitted(dots, 7);
    assertThat(large.getWidth()).isEqualTo(6);
    assertThat(large.getHeight()).isEqualTo(3);
    assertThat(large.getRGB(2, 2) & 0xffffff).isEqualTo(0xff0000);
    assertThat(large.getRGB(3, 0) & 0xffffff).isEqualTo(0x0000ff);
    BufferedImage small = Pictures.fitted(plain(900, 300, 0x00ff00), 90);
    assertThat(small.getWidth()).isEqualTo(90);
    assertThat(small.getHeight()).isEqualTo(30);
  }

  /** Between four numbers the weights of torch.nn.functional.interpolate, written out. */
  @Test
  void mapIsLinearBetweenTheMiddlesOfItsParts() {
    ClassMap map = new ClassMap(0, 2, 2, new double[] {0, 4, 8, 20}, 0);
    assertThat(map.at(0.25, 0.25)).isEqualTo(0);
    assertThat(map.at(0.25, 0.5)).isEqualTo(2);
    assertThat(map.at(0.5, 0.5)).isEqualTo(8);
    assertThat(map.at(0.5, 0.75)).isEqualTo(12);
    assertThat(map.at(0, 1)).as("beyond the middles").isEqualTo(4);
    Random random = new Random(3);
    double[] values = random.doubles(15, -1, 1).toArray();
    ClassMap wide = new ClassMap(0, 3, 5, values, 0);
    for (int i = 0; i < 15; i++) {
      assertThat(wide.at((i / 5 + 0.5) / 3, (i % 5 + 0.5) / 5)).isCloseTo(values[i], within(1e-12));
    }
    ClassMap one = new ClassMap(0, 1, 1, new double[] {2.5}, 0);
    assertThat(one.at(0.9, 0.1)).isEqualTo(2.5);
  }
}
