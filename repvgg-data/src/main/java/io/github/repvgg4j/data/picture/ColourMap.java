package io.github.repvgg4j.data.picture;

/**
 * Colours from dark violet over red to pale yellow for numbers from 0 to 1, which look equally far
 * apart and become lighter throughout, also to who sees no red or green, and in print. A path in
 * Oklab (Ottosson, "A perceptual color space for image processing", 2020): lightness rises evenly,
 * hue turns from 300 to 100 degrees, chroma is what sRGB has room for up to a bound; then colours
 * are taken from it at equal distances.
 */
public final class ColourMap {

  private static final int POINTS = 2048;
  private static final int COLOURS = 256;
  private static final double DARKEST = 0.15;
  private static final double LIGHTEST = 0.96;
  private static final double FIRST_HUE = Math.toRadians(300);
  private static final double LAST_HUE = Math.toRadians(460);
  private static final double MOST_CHROMA = 0.16;

  /** Of the most chroma that sRGB can show, so that no channel is cut off. */
  private static final double ROOM = 0.92;

  private static final int[] RGB = colours();

  private ColourMap() {}

  /**
   * @param share 0 to 1; beyond that the ends, and the first colour for NaN
   * @return {@code 0xRRGGBB}
   */
  public static int rgb(double share) {
    return RGB[(int) Math.round(Math.max(0, Math.min(1, share)) * (COLOURS - 1))];
  }

  private static int[] colours() {
    double[][] path = new double[POINTS][];
    double[] length = new double[POINTS];
    for (int i = 0; i < POINTS; i++) {
      path[i] = point((double) i / (POINTS - 1));
      length[i] = i == 0 ? 0 : length[i - 1] + distance(path[i - 1], path[i]);
    }
    int[] colours = new int[COLOURS];
    int at = 0;
    for (int c = 0; c < COLOURS; c++) {
      double wanted = length[POINTS - 1] * c / (COLOURS - 1);
      while (at < POINTS - 2 && length[at + 1] < wanted) {
        at++;
      }
      double share = (wanted - length[at]) / (length[at + 1] - length[at]);
      double[] lab = new double[3];
      for (int k = 0; k < 3; k++) {
        lab[k] = path[at][k] + share * (path[at + 1][k] - path[at][k]);
      }
      colours[c] = encoded(linear(lab));
    }
    return colours;
  }

  /** Lightness, a, b. */
  private static double[] point(double share) {
    double lightness = DARKEST + (LIGHTEST - DARKEST) * share;
    double hue = FIRST_HUE + (LAST_HUE - FIRST_HUE) * share;
    double chroma =
        Math.min(ROOM * mostChroma(lightness, hue), MOST_CHROMA) * Math.min(1, 0.1 + 2 * share);
    return lab(lightness, chroma, hue);
  }

  private static double[] lab(double lightness, double chroma, double hue) {
    return new double[] {lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)};
  }

  /** What sRGB can show of a lightness and hue, by halving. */
  private static double mostChroma(double lightness, double hue) {
    double inside = 0;
    double outside = 0.4;
    for (int i = 0; i < 30; i++) {
      double middle = (inside + outside) / 2;
      boolean shown = true;
      for (double channel : linear(lab(lightness, middle, hue))) {
        shown &= channel >= 0 && channel <= 1;
      }
      inside = shown ? middle : inside;
      outside = shown ? outside : middle;
    }
    return inside;
  }

  private static double distance(double[] a, double[] b) {
    return Math.sqrt(
        (a[0] - b[0]) * (a[0] - b[0])
            + (a[1] - b[1]) * (a[1] - b[1])
            + (a[2] - b[2]) * (a[2] - b[2]));
  }

  /** From Oklab to linear sRGB, with Ottosson's matrices. */
  private static double[] linear(double[] lab) {
    double l = cube(lab[0] + 0.3963377774 * lab[1] + 0.2158037573 * lab[2]);
    double m = cube(lab[0] - 0.1055613458 * lab[1] - 0.0638541728 * lab[2]);
    double s = cube(lab[0] - 0.0894841775 * lab[1] - 1.2914855480 * lab[2]);
    return new double[] {
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
    };
  }

  private static double cube(double x) {
    return x * x * x;
  }

  /** The curve of sRGB (IEC 61966-2-1), 8 bits a channel. */
  private static int encoded(double[] linear) {
    int rgb = 0;
    for (double value : linear) {
      double x = Math.max(0, Math.min(1, value));
      double curved = x <= 0.0031308 ? 12.92 * x : 1.055 * Math.pow(x, 1 / 2.4) - 0.055;
      rgb = rgb << 8 | (int) Math.round(255 * curved);
    }
    return rgb;
  }
}
