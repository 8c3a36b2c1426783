package io.github.repvgg4j.data.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.data.image.BadImageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a JPEG ends: what may stand behind it, what may be missing, and what may not. */
class JpegEndTest {

  private static final byte[] EOI = {(byte) 0xff, (byte) 0xd9};

  /** The data of a single colour is zeros itself. */
  static Stream<String> jpegsOfMoreThanZeros() {
    return jpegs().filter(file -> !file.equals("flat.jpg"));
  }

  /** Huffman-coded ones: of others it is not known where their data ends. */
  static Stream<String> jpegs() {
    return DecodedPixelsTest.cases()
        .map(DecodedPixelsTest.Case::file)
        .filter(file -> file.endsWith("jpg") && !file.startsWith("arithmetic"));
  }

  static Stream<byte[]> trailers() {
    byte[] random = new byte[5000];
    new Random(3).nextBytes(random);
    return Stream.of(
        new byte[1],
        new byte[4096],
        "\r\n".getBytes(StandardCharsets.US_ASCII),
        EOI,
        bytes("ff d9 ff d9 00"),
        bytes("00 ff da 00 0c 03 01 00 02 11 03 11 00 3f 00 aa"),
        bytes("ff c4 00 05 00 ff d9 ff da ff"),
        bytes("ff d8 ff e0 00 10 4a 46 49 46 00 01"),
        join("\0\0\0\u0018ftypmp42\0\0\0\0mp42isom".getBytes(StandardCharsets.ISO_8859_1), random),
        DecodedPixelsTest.bytes("progressive.jpg"));
  }

  @ParameterizedTest
  @MethodSource("jpegs")
  void nothingBehindTheEndMarkerCounts(String file) throws IOException {
    byte[] jpeg = DecodedPixelsTest.bytes(file);
    byte[] pixels = pixels(jpeg);
    for (byte[] trailer : trailers().toList()) {
      assertThat(pixels(join(jpeg, trailer))).isEqualTo(pixels);
    }
  }

  @ParameterizedTest
  @MethodSource("jpegs")
  void wholeDataNeedsNoEndMarker(String file) throws IOException {
    byte[] jpeg = DecodedPixelsTest.bytes(file);
    byte[] pixels = pixels(jpeg);
    byte[] open = Arrays.copyOf(jpeg, jpeg.length - 2);
    assertThat(pixels(open)).isEqualTo(pixels);
    assertThat(pixels(Arrays.copyOf(jpeg, jpeg.length - 1))).isEqualTo(pixels);
    for (byte[] trailer : trailers().toList()) {
      assertThat(pixels(join(open, trailer))).isEqualTo(pixels);
    }
  }

  @ParameterizedTest
  @MethodSource("jpegs")
  void everyCutThatLosesPixelsIsRefused(String file) throws IOException {
    byte[] jpeg = DecodedPixelsTest.bytes(file);
    byte[] pixels = pixels(jpeg);
    for (int length = 3; length < jpeg.length - 2; length++) {
      checkCut(Arrays.copyOf(jpeg, length), pixels, jpeg.length - length);
    }
  }

  @ParameterizedTest
  @MethodSource("jpegsOfMoreThanZeros")
  void cutsFilledWithZerosAreRefused(String file) throws IOException {
    byte[] jpeg = DecodedPixelsTest.bytes(file);
    byte[] pixels = pixels(jpeg);
    for (int length = jpeg.length / 2; length < jpeg.length - 20; length += 7) {
      checkCut(Arrays.copyOf(Arrays.copyOf(jpeg, length), length + 4096), pixels, 20);
    }
  }

  /** Only the unused bits behind the last pixel may be missing. */
  private static void checkCut(byte[] cut, byte[] pixels, int missing) {
    try {
      byte[] decoded = ImageReader.decode("a.jpg", cut).pixels();
      assertThat(decoded).isEqualTo(pixels);
      assertThat(missing).isLessThan(5);
    } catch (BadImageException e) {
      assertThat(e).hasMessageStartingWith("a.jpg: cut off: the JPEG ends");
    }
  }

  @Test
  void cutThatWasGivenAnEndMarkerIsRefused() throws IOException {
    byte[] jpeg = DecodedPixelsTest.bytes("baseline.jpg");
    for (int missing = 200; missing < 500; missing += 50) {
      byte[] cut = join(Arrays.copyOf(jpeg, jpeg.length - missing), EOI);
      assertThatThrownBy(() -> ImageReader.decode("a.jpg", cut))
          .isInstanceOf(BadImageException.class)
          .hasMessage("a.jpg: cut off: the JPEG ends before its last pixels");
    }
  }

  @Test
  void greyAtTheEndOfAWholeImageIsNoFault() throws IOException {
    assertThat(ImageReader.decode("a.jpg", DecodedPixelsTest.bytes("flat.jpg")).value(28, 21, 0))
        .isEqualTo(128);
  }

  @Test
  void kindsThatAreNotReadSayWhatToDo() {
    byte[] jpeg = DecodedPixelsTest.bytes("baseline.jpg");
    int frame = indexOf(jpeg, 0xc0);
    byte[] lossless = jpeg.clone();
    lossless[frame] = (byte) 0xc3;
    assertThatThrownBy(() -> ImageReader.decode("a.jpg", lossless))
        .hasMessageContaining("lossless or hierarchical JPEG; save it as an ordinary JPEG");
    byte[] twelve = jpeg.clone();
    twelve[frame + 3] = 12;
    assertThatThrownBy(() -> ImageReader.decode("a.jpg", twelve))
        .hasMessageContaining("a JPEG with 12 bits a value; save it with 8");
  }

  private static byte[] pixels(byte[] jpeg) throws IOException {
    return ImageReader.decode("a.jpg", jpeg).pixels();
  }

  static int indexOf(byte[] jpeg, int marker) {
    int at = 1;
    while ((jpeg[at - 1] & 0xff) != 0xff || (jpeg[at] & 0xff) != marker) {
      at++;
    }
    return at;
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] bytes(String hex) {
    String[] numbers = hex.split(" ");
    byte[] bytes = new byte[numbers.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(numbers[i], 16);
    }
    return bytes;
  }
}
