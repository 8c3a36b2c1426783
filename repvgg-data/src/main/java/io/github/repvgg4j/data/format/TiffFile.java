package io.github.repvgg4j.data.format;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** The first picture of a TIFF (TIFF 6.0). */
final class TiffFile {

  private static final int SUBFILE_TYPE = 254;
  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS = 258;
  private static final int COMPRESSION = 259;
  private static final int STRIP_OFFSETS = 273;
  private static final int SAMPLES = 277;
  private static final int STRIP_BYTES = 279;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_HEIGHT = 323;
  private static final int TILE_OFFSETS = 324;
  private static final int TILE_BYTES = 325;
  private static final int SUB_DIRECTORIES = 330;
  private static final int SAMPLE_FORMAT = 339;
  private static final int DNG_VERSION = 50706;
  private static final int OLD_JPEG = 6;
  private static final int MAX_SAMPLES = 8;

  /** None, CCITT, LZW, JPEG, Deflate, PackBits: what the decoder reads. */
  private static final Set<Long> READ =
      Set.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 32771L, 32773L, 32946L);

  private static final Map<Long, String> OTHER_METHODS =
      Map.of(
          9L, "JBIG",
          34661L, "JBIG",
          33003L, "JPEG 2000",
          33005L, "JPEG 2000",
          34712L, "JPEG 2000",
          34887L, "LERC",
          34925L, "LZMA",
          50000L, "Zstandard",
          50001L, "WebP",
          50002L, "JPEG XL");

  private TiffFile() {}

  static boolean isTiff(ByteView data) {
    return data.startsWith(0, "II*\0")
        || data.startsWith(0, "MM\0*")
        || data.startsWith(0, "II+\0")
        || data.startsWith(0, "MM\0+");
  }

  static EncodedImage parse(ByteView data) throws FormatFault {
    TiffTags tags =
        TiffTags.read(data.bytes())
            .orElseThrow(() -> new FormatFault("cut off: the TIFF's directory is missing"));
    boolean preview = (tags.first(SUBFILE_TYPE, 0) & 1) != 0 && tags.has(SUB_DIRECTORIES);
    if (tags.has(DNG_VERSION) || data.startsWith(8, "CR") || preview) {
      throw new FormatFault("is a camera's raw file; convert it to JPEG or PNG");
    }
    if (!tags.has(WIDTH) || !tags.has(HEIGHT)) {
      throw new FormatFault("damaged: the TIFF does not say its size");
    }
    ImageSize size = ImageSize.of(tags.first(WIDTH, 0), tags.first(HEIGHT, 0));
    checkMethod(tags.first(COMPRESSION, 1));
    checkSamples(tags);
    checkParts(tags, data);
    return EncodedImage.of(
        ImageFormat.TIFF, size, Orientation.of(tags.first(Orientation.TAG, 1)), data.bytes());
  }

  private static void checkMethod(long method) throws FormatFault {
    if (!READ.contains(method)) {
      throw new FormatFault(
          "is compressed by "
              + OTHER_METHODS.getOrDefault(method, "method " + method)
              + ", which is not read; save it with LZW or Deflate, or as PNG");
    }
  }

  private static void checkSamples(TiffTags tags) throws FormatFault {
    long samples = tags.first(SAMPLES, 1);
    if (samples < 1 || samples > MAX_SAMPLES) {
      throw new FormatFault("has " + samples + " values a pixel; convert it to RGB or grey");
    }
    for (long format : tags.all(SAMPLE_FORMAT)) {
      if (format != 1 && format != 4) {
        throw new FormatFault(
            "has "
                + (format == 2 ? "signed" : "floating-point")
                + " values; convert it to 8 bits a value");
      }
    }
    for (long bits : tags.all(BITS)) {
      if (bits < 1 || bits > 16) {
        throw new FormatFault("has " + bits + " bits a value; convert it to 8 bits a value");
      }
    }
    if (tags.first(TILE_WIDTH, 1) * tags.first(TILE_HEIGHT, 1) > ImageSize.MAX_PIXELS) {
      throw new FormatFault("damaged: the TIFF's tiles are too large");
    }
  }

  /** Each strip or tile has to lie in the file. */
  private static void checkParts(TiffTags tags, ByteView data) throws FormatFault {
    boolean tiled = tags.has(TILE_OFFSETS);
    long[] offsets = tags.all(tiled ? TILE_OFFSETS : STRIP_OFFSETS);
    long[] bytes = tags.all(tiled ? TILE_BYTES : STRIP_BYTES);
    if (tags.first(COMPRESSION, 1) == OLD_JPEG) {
      return; // its strips need not be listed
    }
    if (offsets.length == 0 || Arrays.stream(offsets).anyMatch(at -> !data.has(at, 1))) {
      throw new FormatFault("cut off: the TIFF's pixels are missing");
    }
    for (int i = 0; i < Math.min(offsets.length, bytes.length); i++) {
      if (!data.has(offsets[i], bytes[i])) {
        throw new FormatFault("cut off: the TIFF ends before its last pixels");
      }
    }
  }
}
