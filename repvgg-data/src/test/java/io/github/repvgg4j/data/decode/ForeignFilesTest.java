package io.github.repvgg4j.data.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.data.format.EncodedImage;
import io.github.repvgg4j.data.image.BadImageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are cut off, damaged, hostile, or no image of ours: one line each, never a guess. */
class ForeignFilesTest {

  static Stream<String> losslessFiles() {
    return DecodedPixelsTest.cases()
        .map(DecodedPixelsTest.Case::file)
        .filter(file -> !file.endsWith(".jpg") && !file.endsWith("literal.bmp"));
  }

  @ParameterizedTest
  @MethodSource("losslessFiles")
  void everyCutIsRefusedOrLosesNoPixel(String file) throws BadImageException {
    byte[] whole = DecodedPixelsTest.bytes(file);
    byte[] pixels = ImageReader.decode(file, whole).pixels();
    for (int length = 0; length < whole.length; length += length < 200 ? 7 : 97) {
      try {
        byte[] cut = ImageReader.decode(file, Arrays.copyOf(whole, length)).pixels();
        assertThat(cut).as("cut at " + length).isEqualTo(pixels);
      } catch (BadImageException e) {
        assertThat(e.getMessage()).startsWith(file + ": ").hasLineCount(1);
      }
    }
  }

  @Test
  void damagedFilesEndInOneLineOrAPicture() {
    List<String> files = DecodedPixelsTest.cases().map(DecodedPixelsTest.Case::file).toList();
    Random random = new Random(5);
    for (int i = 0; i < 3000; i++) {
      String file = files.get(i % files.size());
      byte[] bytes = DecodedPixelsTest.bytes(file);
      for (int changes = 1 + random.nextInt(8); changes > 0; changes--) {
        bytes[random.nextInt(Math.min(bytes.length, 300))] = (byte) random.nextInt(256);
      }
      try {
        ImageReader.decode(file, bytes);
      } catch (BadImageException e) {
        assertThat(e.getMessage()).startsWith(file + ": ").hasLineCount(1).hasSizeLessThan(200);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "00 00 00 18 66 74 79 70 68 65 69 63 00 00 00 00 | is a HEIC image; convert",
        "00 00 00 1c 66 74 79 70 6d 69 66 31 00 00 00 00 68 65 69 63 | is a HEIC image; convert",
        "00 00 00 1c 66 74 79 70 61 76 69 66 00 00 00 00 | is an AVIF image; convert",
        "00 00 00 1c 66 74 79 70 6d 69 66 31 00 00 00 00 61 76 69 66 | is an AVIF image; convert",
        "00 00 00 18 66 74 79 70 6d 70 34 32 00 00 00 00 | is a video; convert",
        "00 00 00 18 66 74 79 70 63 72 78 20 00 00 00 00 | is a camera's raw file; convert",
        "ff 0a 7f 05 | is a JPEG XL image; convert",
        "00 00 00 0c 4a 58 4c 20 0d 0a 87 0a | is a JPEG XL image; convert",
        "00 00 00 0c 6a 50 20 20 0d 0a 87 0a | is a JPEG 2000 image; convert",
        "ff 4f ff 51 00 2f | is a JPEG 2000 image; convert",
        "38 42 50 53 00 01 | is a Photoshop file; convert",
        "25 50 44 46 2d 31 | is a PDF; convert",
        "00 00 01 00 01 00 | is an icon (ICO); convert",
        "50 36 0a 31 20 31 | is a Netpbm image; convert",
        "46 55 4a 49 46 49 4c 4d 43 43 44 2d 52 41 57 | is a camera's raw file; convert",
        "49 49 2a 00 10 00 00 00 43 52 02 00 00 00 00 00 00 00 00 00 | is a camera's raw file",
        "00 00 00 00 00 00 00 00 | damaged: the file holds nothing but zeros",
        "ff d8 ff | cut off: the JPEG ends in its header",
        "89 50 4e 47 0d 0a 1a 0a | cut off: the PNG has no end",
        "47 49 46 38 39 61 | cut off: the GIF ends",
        "42 4d 00 00 | cut off: the BMP ends in its header",
        "49 49 2a 00 ff ff ff 00 | cut off: the TIFF's directory is missing",
        "52 49 46 46 04 00 00 00 57 45 42 50 | cut off: the WebP ends before its pixels",
      })
  void otherFormatsAreNamedWithARemedy(String hex, String message) {
    assertThatThrownBy(() -> ImageReader.decode("a.jpg", JpegEndTest.bytes(hex)))
        .isInstanceOf(BadImageException.class)
        .hasMessageStartingWith("a.jpg: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<!DOCTYPE html><html> | is a web page, not an image; download the image itself",
        "<svg xmlns='http://www.w3.org/2000/svg'/> | is an SVG drawing; convert it to JPEG or PNG",
        "<?xml version='1.0'?><svg/> | is an SVG drawing; convert it to JPEG or PNG",
        "version https://git-lfs.github.com/spec/v1 | is a pointer of Git LFS, not an image; run",
        "hello, world | not a JPEG, PNG, WebP, GIF, TIFF or BMP image",
      })
  void textsAreNamed(String text, String message) {
    assertThatThrownBy(() -> ImageReader.decode("a.png", text.getBytes(StandardCharsets.US_ASCII)))
        .hasMessageStartingWith("a.png: " + message);
  }

  @ParameterizedTest
  @CsvSource({
    "rgb24.bmp, 18, 4, 100000, 22, 4, 100000",
    "os2-24.bmp, 18, 2, 65535, 20, 2, 65535",
    "plain.gif, 6, 2, 65535, 8, 2, 65535",
    "rgb24.bmp, 18, 4, 2000000, 22, 4, 1",
    "rgb24.bmp, 18, 4, -5, 22, 4, 5",
    "os2-24.bmp, 18, 2, 0, 20, 2, 5",
    "rgb24.bmp, 18, 4, 5, 22, 4, -2147483648",
  })
  void impossibleSizesAreRefusedBeforeDecoding(
      String file, int at, int bytes, int value, int at2, int bytes2, int value2) {
    byte[] changed = DecodedPixelsTest.bytes(file);
    put(changed, at, bytes, value);
    put(changed, at2, bytes2, value2);
    assertThatThrownBy(() -> ImageReader.decode("a", changed))
        .isInstanceOf(BadImageException.class)
        .hasMessageContaining("claims ");
  }

  @Test
  void hugeWebpAndTiffAreRefusedBeforeDecoding() {
    byte[] webp = DecodedPixelsTest.bytes("placed-frame.webp");
    put(webp, 24, 4, 0xffffff);
    assertThatThrownBy(() -> ImageReader.decode("a", webp))
        .hasMessageContaining("claims 16777216 x");
    byte[] lossy = DecodedPixelsTest.bytes("lossy.webp");
    put(lossy, 26, 4, 0x3fff3fff);
    assertThatThrownBy(() -> ImageReader.decode("a", lossy))
        .hasMessage("a: claims 16383 x 16383 pixels, more than 100000000");
    byte[] tiff = DecodedPixelsTest.bytes("raw.tif");
    int entry = indexOf(tiff, new byte[] {0, 1, 4, 0}, new byte[] {0, 1, 3, 0});
    put(tiff, entry + 2, 2, 4);
    put(tiff, entry + 8, 4, 50_000_000);
    assertThatThrownBy(() -> ImageReader.decode("a", tiff))
        .hasMessageContaining("claims 50000000 x");
  }

  @ParameterizedTest
  @CsvSource({
    "50000, Zstandard",
    "50001, WebP",
    "34925, LZMA",
    "34712, JPEG 2000",
    "999, method 999"
  })
  void compressionOfATiffThatIsNotReadIsNamed(int method, String name) {
    ByteBuffer tiff = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put("II*\0".getBytes(StandardCharsets.US_ASCII)).putInt(8).putShort((short) 3);
    for (int[] tag : new int[][] {{256, 4}, {257, 4}, {259, method}}) {
      tiff.putShort((short) tag[0]).putShort((short) 4).putInt(1).putInt(tag[1]);
    }
    assertThatThrownBy(() -> ImageReader.decode("a.tif", tiff.array()))
        .hasMessage(
            "a.tif: is compressed by "
                + name
                + ", which is not read; save it with LZW or Deflate, or as PNG");
  }

  /** libpng would complain of each on standard error, naming no file. */
  @Test
  void chunksOfAPngThatShapeNoPixelDoNotReachTheDecoder() throws Exception {
    for (String file : List.of("rgba.png", "interlaced.png", "palette.png", "rgb16.png")) {
      byte[] png = DecodedPixelsTest.bytes(file);
      byte[] noisy = Arrays.copyOf(png, 33);
      for (String type : List.of("iCCP", "zTXt", "tEXt", "gAMA", "sRGB", "caNv")) {
        noisy =
            JpegEndTest.join(
                noisy, chunk(type, "no such profile".getBytes(StandardCharsets.UTF_8)));
      }
      noisy = JpegEndTest.join(noisy, Arrays.copyOfRange(png, 33, png.length));
      assertThat(EncodedImage.parse(noisy).bytes()).isEqualTo(EncodedImage.parse(png).bytes());
      assertThat(ImageReader.decode(file, noisy).pixels())
          .isEqualTo(ImageReader.decode(file, png).pixels());
    }
  }

  private static byte[] chunk(String type, byte[] content) {
    ByteBuffer chunk = ByteBuffer.allocate(content.length + 12);
    chunk.putInt(content.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(content);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, content.length + 4);
    return chunk.putInt((int) crc.getValue()).array();
  }

  @Test
  void pngWithoutItsEndChunkIsWhole() throws BadImageException {
    for (String file : List.of("rgba.png", "interlaced.png", "palette.png", "rgb16.png")) {
      byte[] png = DecodedPixelsTest.bytes(file);
      byte[] open = Arrays.copyOf(png, png.length - 12);
      byte[] pixels = ImageReader.decode(file, png).pixels();
      assertThat(ImageReader.decode(file, open).pixels()).isEqualTo(pixels);
      assertThat(ImageReader.decode(file, Arrays.copyOf(png, png.length - 5)).pixels())
          .isEqualTo(pixels);
      assertThat(ImageReader.decode(file, JpegEndTest.join(png, new byte[99])).pixels())
          .isEqualTo(pixels);
    }
  }

  @Test
  void trulyWrongBmpsAreRefused() {
    byte[] bmp = DecodedPixelsTest.bytes("rgb24.bmp");
    byte[] header = bmp.clone();
    put(header, 14, 4, 41);
    assertThatThrownBy(() -> ImageReader.decode("a", header))
        .hasMessage("a: damaged: the BMP has a header of 41 bytes");
    byte[] depth = bmp.clone();
    put(depth, 28, 2, 17);
    assertThatThrownBy(() -> ImageReader.decode("a", depth))
        .hasMessage("a: damaged: the BMP has 17 bits a pixel");
    byte[] packed = bmp.clone();
    put(packed, 30, 4, 4);
    assertThatThrownBy(() -> ImageReader.decode("a", packed))
        .hasMessage("a: is a BMP of compression 4 with 24 bits a pixel; convert it to JPEG or PNG");
  }

  private static void put(byte[] bytes, int at, int count, int value) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (count == 2) {
      buffer.putShort(at, (short) value);
    } else {
      buffer.putInt(at, value);
    }
  }

  private static int indexOf(byte[] bytes, byte[]... patterns) {
    for (int i = 0; i < bytes.length - 4; i++) {
      for (byte[] pattern : patterns) {
        if (Arrays.equals(bytes, i, i + 4, pattern, 0, 4)) {
          return i;
        }
      }
    }
    throw new IllegalStateException("not found");
  }
}
