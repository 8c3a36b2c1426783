package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.FormatFault;
import io.github.repvgg4j.data.format.JpegFrame;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Makes the image's rows of its components', as one row of coded units after the other is there.
 */
final class Picture {

  /** Pixels that are converted together where rows are short: vector loops need some length. */
  private static final int STRIP = 1024;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** {@code [height, width, 3]}. */
  final byte[] rgb;

  private final List<Plane> planes;
  private final Colours colours;
  private final int width;
  private final int height;
  private final int unitHeight;
  private final Upsampling[] upsamplings;

  /** Rows that are converted together; many where they are short. */
  private final int stripHeight;

  /** Of each component, a strip of the image. */
  private final int[][] strips;

  private final int[] pixels;

  /** The first row that is not there yet. */
  private int y;

  /** Rows that are there when the next units are, but for their last, which needs those below. */
  private int known;

  Picture(JpegFrame frame, List<Plane> planes, Colours colours) throws FormatFault {
    this.planes = planes;
    this.colours = colours;
    this.width = frame.size().width();
    this.height = frame.size().height();
    this.unitHeight = 8 * frame.maxVertical();
    this.rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    this.stripHeight = Math.max(1, Math.min(STRIP / width, height));
    this.pixels = new int[width * stripHeight];
    this.strips = new int[planes.size()][pixels.length + Upsampling.SURPLUS];
    this.upsamplings = new Upsampling[planes.size()];
    for (int i = 0; i < upsamplings.length; i++) {
      upsamplings[i] = new Upsampling(frame, planes.get(i));
    }
  }

  /** The planes hold the next row of units. */
  void rowOfUnits() {
    known += unitHeight;
    int end = known < height ? known - 1 : height;
    while (y < end) {
      int rows = Math.min(stripHeight, end - y);
      for (int i = 0; i < strips.length; i++) {
        for (int row = 0; row < rows; row++) {
          upsamplings[i].row(y + row, strips[i], row * width);
        }
      }
      colours.convert(strips, pixels, rows * width);
      pack(3 * width * y, rows * width);
      y += rows;
    }
    planes.forEach(Plane::advance);
  }

  /** Eight bytes a time; those behind two pixels are overwritten by the next. */
  private void pack(int to, int count) {
    int x = 0;
    int at = to;
    for (; x < count - 2; x += 2, at += 6) {
      LONG.set(rgb, at, pixels[x] | (long) pixels[x + 1] << 24);
    }
    for (; x < count; x++, at += 3) {
      rgb[at] = (byte) pixels[x];
      rgb[at + 1] = (byte) (pixels[x] >> 8);
      rgb[at + 2] = (byte) (pixels[x] >> 16);
    }
  }
}
