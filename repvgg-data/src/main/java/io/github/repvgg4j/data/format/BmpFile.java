package io.github.repvgg4j.data.format;

import java.util.Set;

/**
 * The headers of a BMP: Windows's of 40 to 124 bytes, OS/2's of 12, 16 and 64.
 *
 * @param width pixels
 * @param height pixels
 * @param topDown whether the uppermost row comes first
 * @param depth bits a pixel: 1, 2, 4, 8, 16, 24 or 32
 * @param packing how the rows are stored
 * @param palette 0xRRGGBB each; empty above 8 bits a pixel
 * @param masks where red, green and blue lie in a pixel of 16 or 32 bits
 * @param offset of the first row
 */
@SuppressWarnings("ArrayRecordComponent")
public record BmpFile(
    int width,
    int height,
    boolean topDown,
    int depth,
    Packing packing,
    int[] palette,
    int[] masks,
    int offset) {

  /** How the rows are stored. */
  public enum Packing {
    /** One after the other, each filled up to four bytes. */
    PLAIN,
    /** Runs of pixels of 8 bits. */
    RUNS_OF_8,
    /** Runs of pixels of 4 bits. */
    RUNS_OF_4
  }

  private static final int FILE_HEADER = 14;
  private static final int CORE = 12;
  private static final int INFO = 40;
  private static final int OS2 = 64;
  private static final Set<Integer> HEADERS = Set.of(CORE, 16, INFO, 52, 56, OS2, 108, 124);
  private static final Set<Integer> DEPTHS = Set.of(1, 2, 4, 8, 16, 24, 32);
  private static final int[] MASKS_15 = {0x7c00, 0x3e0, 0x1f};
  private static final int[] MASKS_32 = {0xff0000, 0xff00, 0xff};

  static EncodedImage parse(ByteView file) throws FormatFault {
    BmpFile bmp = read(file.bytes());
    return EncodedImage.of(
        ImageFormat.BMP, ImageSize.of(bmp.width, bmp.height), Orientation.UPRIGHT, file.bytes());
  }

  /** Reads the headers and checks that rows of fixed length lie in the file. */
  public static BmpFile read(byte[] file) throws FormatFault {
    ByteView data = new ByteView(file).littleEndian();
    if (!data.has(0, FILE_HEADER + CORE) || !data.has(FILE_HEADER, header(data))) {
      throw new FormatFault("cut off: the BMP ends in its header");
    }
    int header = header(data);
    boolean core = header == CORE;
    ImageSize size =
        core
            ? ImageSize.of(data.u16(18), data.u16(20))
            : ImageSize.of(data.s32(18), Math.abs((long) data.s32(22)));
    int depth = data.u16(core ? 24 : 28);
    long compression = header >= INFO ? data.u32(30) : 0;
    if (!DEPTHS.contains(depth)) {
      throw new FormatFault("damaged: the BMP has " + depth + " bits a pixel");
    }
    boolean masked = header != OS2 && (compression == 3 || compression == 6);
    int behind = FILE_HEADER + header + (masked && header == INFO ? compression == 3 ? 12 : 16 : 0);
    BmpFile bmp =
        new BmpFile(
            size.width(),
            size.height(),
            !core && data.s32(22) < 0,
            depth,
            packing(header, compression, depth),
            palette(data, behind, depth, core ? 3 : 4),
            masked ? masks(data) : depth == 16 ? MASKS_15 : MASKS_32,
            (int) Math.min(data.u32(10), Integer.MAX_VALUE));
    bmp.checkRows(data);
    return bmp;
  }

  private static int header(ByteView data) throws FormatFault {
    long header = data.u32(FILE_HEADER);
    if (header > 124 || !HEADERS.contains((int) header)) {
      throw new FormatFault("damaged: the BMP has a header of " + header + " bytes");
    }
    return (int) header;
  }

  private static Packing packing(int header, long compression, int depth) throws FormatFault {
    if (compression == 1 && depth == 8) {
      return Packing.RUNS_OF_8;
    }
    if (compression == 2 && depth == 4) {
      return Packing.RUNS_OF_4;
    }
    boolean masked = (compression == 3 || compression == 6) && (depth == 16 || depth == 32);
    if (compression == 0 || (masked && header != OS2)) {
      return Packing.PLAIN;
    }
    throw new FormatFault(
        "is a BMP of compression "
            + compression
            + " with "
            + depth
            + " bits a pixel; convert it to JPEG or PNG");
  }

  private static int[] palette(ByteView data, int at, int depth, int entry) {
    if (depth > 8) {
      return new int[0];
    }
    long used = entry == 4 && data.has(46, 4) && header40(data) ? data.u32(46) : 0;
    int count = (int) (used >= 1 && used < 1L << depth ? used : 1L << depth);
    int[] palette = new int[1 << depth];
    for (int i = 0; i < count && data.has(at + (long) i * entry, entry); i++) {
      int from = at + i * entry;
      palette[i] = data.u8(from + 2) << 16 | data.u8(from + 1) << 8 | data.u8(from);
    }
    return palette;
  }

  private static boolean header40(ByteView data) {
    return data.u32(FILE_HEADER) >= INFO;
  }

  private static int[] masks(ByteView data) throws FormatFault {
    if (!data.has(FILE_HEADER + INFO, 12)) {
      throw new FormatFault("cut off: the BMP ends in its header");
    }
    int[] masks = new int[3];
    for (int c = 0; c < 3; c++) {
      masks[c] = data.s32(FILE_HEADER + INFO + 4 * c);
    }
    return masks;
  }

  /** Bytes of a row of fixed length. */
  public int rowBytes() {
    return (int) (((long) width * depth + 31) / 32 * 4);
  }

  private void checkRows(ByteView data) throws FormatFault {
    long needed = packing == Packing.PLAIN ? (long) rowBytes() * height : 1;
    if (!data.has(offset, needed)) {
      throw new FormatFault("cut off: the BMP ends before its last pixels");
    }
  }
}
