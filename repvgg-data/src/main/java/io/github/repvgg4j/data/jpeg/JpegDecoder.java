package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.ByteView;
import io.github.repvgg4j.data.format.FormatFault;
import io.github.repvgg4j.data.format.JpegFrame;
import io.github.repvgg4j.data.format.JpegMarkers;
import java.util.ArrayList;
import java.util.List;

/** Decodes one JPEG: baseline, progressive or arithmetic; grey, RGB, YCbCr, CMYK, YCCK. */
public final class JpegDecoder {

  private static final int DAC = 0xcc;
  private static final int DQT = 0xdb;
  private static final int APP0 = 0xe0;
  private static final int APP14 = 0xee;
  private static final int NO_ADOBE = -1;

  private final ByteView data;
  private final Tables tables = new Tables();
  private final Conditioning conditioning = new Conditioning();
  private final List<Plane> planes = new ArrayList<>();
  private JpegFrame frame;

  /** Takes rows while they are read; null where several scans bring them. */
  private Picture picture;

  private int restartInterval;
  private boolean jfif;
  private int adobe = NO_ADOBE;
  private boolean done;

  private JpegDecoder(byte[] file) {
    this.data = new ByteView(file);
  }

  /**
   * Decodes a file whose size was found sound.
   *
   * @param file up to its end marker
   * @return RGB {@code [height, width, 3]}, one byte a value, not turned
   * @throws FormatFault when it is damaged or cut off
   */
  public static byte[] decode(byte[] file) throws FormatFault {
    JpegDecoder decoder = new JpegDecoder(file);
    decoder.read();
    return decoder.pixels();
  }

  private void read() throws FormatFault {
    JpegMarkers markers = new JpegMarkers(data);
    while (!done && markers.next() && markers.marker() != JpegMarkers.EOI) {
      int at = markers.content();
      int end = markers.end();
      switch (markers.marker()) {
        case DAC -> conditioning.read(data, at, end);
        case DQT -> tables.quantization(data, at, end);
        case JpegMarkers.DHT -> tables.huffman(data, at, end);
        case JpegMarkers.DRI -> restartInterval = end - at >= 2 ? data.u16(at) : 0;
        case JpegMarkers.SOS -> markers.skipTo(scan(at, end));
        case APP0 -> jfif |= end - at >= 14 && data.startsWith(at, "JFIF\0");
        case APP14 ->
            adobe = end - at >= 12 && data.startsWith(at, "Adobe") ? data.u8(at + 11) : adobe;
        default -> {
          if (JpegFrame.is(markers.marker()) && frame == null) {
            frame = JpegFrame.parse(data, markers.marker(), at, end);
          }
        }
      }
    }
    if (planes.isEmpty()) {
      throw new FormatFault("damaged: the JPEG has no pixels");
    }
  }

  /** Reads a scan; the first byte behind it. */
  private int scan(int at, int end) throws FormatFault {
    int count = end > at ? data.u8(at) : 0;
    if (frame == null || count < 1 || count > 4 || end - at < 4 + 2 * count) {
      throw new FormatFault("damaged: a scan of the JPEG is wrong");
    }
    boolean once = count == frame.components().size() && !frame.progressive();
    if (planes.isEmpty()) {
      for (JpegFrame.Component component : frame.components()) {
        planes.add(new Plane(frame, component, !once));
      }
    }
    BitReader bits = new BitReader(data.bytes(), end);
    Scan scan = members(at, count, bits);
    if (once) {
      picture = new Picture(frame, planes, colours());
    }
    boolean whole = scan.read(restartInterval, picture);
    if (!whole && !frame.progressive() && !frame.arithmetic()) {
      throw new FormatFault("cut off: the JPEG ends before its last pixels");
    }
    done = once;
    return bits.position();
  }

  private Scan members(int at, int count, BitReader bits) throws FormatFault {
    int tail = at + 1 + 2 * count;
    Scan.Band band = band(data.u8(tail), data.u8(tail + 1), data.u8(tail + 2), count);
    List<Plane> members = new ArrayList<>();
    HuffmanDecoder[] dc = new HuffmanDecoder[count];
    HuffmanDecoder[] ac = new HuffmanDecoder[count];
    int[] slots = new int[count];
    for (int i = 0; i < count; i++) {
      Plane plane = plane(data.u8(at + 1 + 2 * i));
      if (plane.steps == null) {
        plane.steps = tables.steps(plane.component.quantization());
      }
      members.add(plane);
      slots[i] = data.u8(at + 2 + 2 * i);
      if (frame.arithmetic()) {
        continue;
      }
      if (band.first() == 0 && !band.refines()) {
        dc[i] = tables.dc(slots[i] >> 4);
      }
      if (band.last() > 0) {
        ac[i] = tables.ac(slots[i] & 15);
      }
    }
    if (frame.arithmetic()) {
      return new ArithmeticScan(frame, members, bits, band, conditioning, slots);
    }
    if (!frame.progressive()) {
      return new SequentialScan(frame, members, bits, dc, ac);
    }
    return new ProgressiveScan(frame, members, bits, band, band.first() == 0 ? dc : ac);
  }

  private Scan.Band band(int first, int last, int bits, int count) throws FormatFault {
    if (!frame.progressive()) {
      return new Scan.Band(0, 63, false, 0);
    }
    int high = bits >> 4;
    int low = bits & 15;
    boolean sound = first == 0 ? last == 0 : first <= last && last < 64 && count == 1;
    if (!sound || low > 13 || (high != 0 && low != high - 1)) {
      throw new FormatFault("damaged: a scan of the JPEG is wrong");
    }
    return new Scan.Band(first, last, high != 0, low);
  }

  private Plane plane(int id) throws FormatFault {
    for (Plane plane : planes) {
      if (plane.component.id() == id) {
        return plane;
      }
    }
    throw new FormatFault("damaged: a scan of the JPEG is wrong");
  }

  private byte[] pixels() throws FormatFault {
    if (picture == null) {
      picture = new Picture(frame, planes, colours());
      for (int y = 0; y < frame.unitRows(); y++) {
        planes.forEach(Plane::transformKept);
        picture.rowOfUnits();
      }
    }
    return picture.rgb;
  }

  /** As libjpeg guesses it, from markers and the components' names. */
  private Colours colours() throws FormatFault {
    List<JpegFrame.Component> all = frame.components();
    return switch (all.size()) {
      case 1 -> Colours.GREY;
      case 3 -> {
        boolean named = all.get(0).id() == 'R' && all.get(1).id() == 'G' && all.get(2).id() == 'B';
        boolean plain = adobe == NO_ADOBE ? named : adobe == 0;
        yield plain && !jfif ? Colours.RGB : Colours.YCBCR;
      }
      case 4 -> adobe == NO_ADOBE || adobe == 0 ? Colours.CMYK : Colours.YCCK;
      default -> throw new FormatFault("is a JPEG of two components; save it as an ordinary JPEG");
    };
  }
}
