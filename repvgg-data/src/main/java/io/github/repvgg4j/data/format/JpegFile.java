package io.github.repvgg4j.data.format;

import java.util.Arrays;

/**
 * Finds a JPEG's frame and the end of its image. Cameras and telephones append other pictures,
 * films and padding, so nothing behind the first end marker counts; and a file without one is whole
 * all the same when its entropy-coded data reaches to the last pixel ({@link JpegScans}).
 */
final class JpegFile {

  private final ByteView data;
  private JpegFrame frame;
  private Orientation orientation = Orientation.UPRIGHT;
  private boolean exifSeen;
  private JpegProgress progress;
  private boolean strays;
  private int end = -1;

  private JpegFile(ByteView data) {
    this.data = data;
  }

  static EncodedImage parse(ByteView data) throws FormatFault {
    JpegFile file = new JpegFile(data);
    file.walk();
    if (file.frame == null) {
      throw new FormatFault(
          file.end < 0
              ? "cut off: the JPEG ends in its header"
              : "damaged: the JPEG has no frame header");
    }
    return EncodedImage.of(ImageFormat.JPEG, file.frame.size(), file.orientation, file.image());
  }

  private void walk() throws FormatFault {
    JpegMarkers markers = new JpegMarkers(data);
    while (markers.next()) {
      int at = markers.content();
      strays |= progress != null && progress.complete() && markers.marker() != JpegMarkers.EOI;
      switch (markers.marker()) {
        case JpegMarkers.EOI -> {
          end = at;
          return;
        }
        case JpegMarkers.SOS -> {
          if (progress != null) {
            progress.add(data, at, markers.end());
          }
        }
        case JpegMarkers.APP1 -> exif(at, markers.end());
        default -> {
          if (JpegFrame.is(markers.marker()) && frame == null) {
            frame = JpegFrame.parse(data, markers.marker(), at, markers.end());
            progress = new JpegProgress(frame);
          }
        }
      }
    }
  }

  private void exif(int at, int segmentEnd) {
    if (!exifSeen && data.startsWith(at, "Exif\0\0")) {
      exifSeen = true;
      orientation = TiffTags.orientation(Arrays.copyOfRange(data.bytes(), at + 6, segmentEnd));
    }
  }

  /**
   * The file up to its end marker; one is added where it is missing. When something else stands
   * behind the last scan, the scans themselves have to say where they end, and whether a marker in
   * it is this image's.
   */
  private byte[] image() throws FormatFault {
    boolean plain = end >= 0 && !strays && (progress.complete() || frame.progressive());
    if (plain || (end >= 0 && frame.arithmetic())) {
      return end == data.length() ? data.bytes() : Arrays.copyOf(data.bytes(), end);
    }
    int scansEnd = JpegScans.wholeEnd(data, frame);
    if (scansEnd < 0) {
      throw new FormatFault("cut off: the JPEG ends before its last pixels");
    }
    byte[] image = Arrays.copyOf(data.bytes(), scansEnd + 2);
    image[scansEnd] = (byte) 0xff;
    image[scansEnd + 1] = (byte) JpegMarkers.EOI;
    return image;
  }
}
