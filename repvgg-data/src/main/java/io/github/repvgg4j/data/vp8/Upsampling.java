package io.github.repvgg4j.data.vp8;

/**
 * From luma and halved chroma to RGB as libwebp does it: chroma is interpolated with weights 9, 3,
 * 3 and 1 of 16, and ITU-R 601's matrix taken in 14-bit fixed point ({@code dsp/yuv.h}).
 */
final class Upsampling {

  private final Plane luma;
  private final Plane blue;
  private final Plane red;

  Upsampling(Plane luma, Plane blue, Plane red) {
    this.luma = luma;
    this.blue = blue;
    this.red = red;
  }

  void write(int width, int height, byte[] rgb) {
    int lastX = (width + 1) / 2 - 1;
    int lastY = (height + 1) / 2 - 1;
    int target = 0;
    for (int y = 0; y < height; y++) {
      int near = y / 2;
      int far = Math.max(0, Math.min(lastY, y % 2 == 0 ? near - 1 : near + 1));
      for (int x = 0; x < width; x++) {
        int column = x / 2;
        int other = Math.max(0, Math.min(lastX, x % 2 == 0 ? column - 1 : column + 1));
        int nearest = luma.at(x, y);
        int a = blue.at(column, near);
        int b = blue.at(other, near);
        int c = blue.at(column, far);
        int d = blue.at(other, far);
        pixel(rgb, target, luma.get(nearest), mean(blue, a, b, c, d), mean(red, a, b, c, d));
        target += 3;
      }
    }
  }

  private static int mean(Plane plane, int a, int b, int c, int d) {
    return 9 * plane.get(a) + 3 * (plane.get(b) + plane.get(c)) + plane.get(d) + 8 >> 4;
  }

  private static void pixel(byte[] rgb, int at, int y, int u, int v) {
    int grey = y * 19077 >> 8;
    rgb[at] = clip(grey + (v * 26149 >> 8) - 14234);
    rgb[at + 1] = clip(grey - (u * 6419 >> 8) - (v * 13320 >> 8) + 8708);
    rgb[at + 2] = clip(grey + (u * 33050 >> 8) - 17685);
  }

  private static byte clip(int value) {
    return (byte) (value < 0 ? 0 : Math.min(255, value >> 6));
  }
}
