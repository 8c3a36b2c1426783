package io.github.repvgg4j.data.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.data.PillowFixtures;
import io.github.repvgg4j.data.image.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what src/test/python/decode_fixtures.py wrote: Pillow's pixels of each kind of file. */
class DecodedPixelsTest {

  record Case(String file, double limit) {
    @Override
    public String toString() {
      return file;
    }
  }

  static Stream<Case> cases() {
    List<String> lines = new String(bytes("cases.tsv"), StandardCharsets.UTF_8).lines().toList();
    return lines.stream()
        .map(line -> line.split("\t"))
        .map(line -> new Case(line[0], Double.parseDouble(line[1])));
  }

  static byte[] bytes(String name) {
    try (InputStream in = DecodedPixelsTest.class.getResourceAsStream("/decode/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pixelsAreThoseOfPillow(Case example) throws IOException {
    RgbImage ours = ImageReader.decode(example.file(), bytes(example.file()));
    String expected = example.file() + ".png";
    RgbImage theirs = ImageReader.decode(expected, bytes(expected));
    assertThat(PillowFixtures.meanDifference(ours, theirs)).isLessThanOrEqualTo(example.limit());
  }

  /** As the frames of Motion JPEG, which leave out the tables of the standard. */
  @Test
  void jpegWithoutHuffmanTablesHasThoseOfTheStandard() throws IOException {
    byte[] jpeg = bytes("411.jpg");
    byte[] bare = jpeg.clone();
    for (int i = 0; i + 1 < bare.length; i++) {
      if (bare[i] == (byte) 0xff && bare[i + 1] == (byte) 0xc4) {
        bare[i + 1] = (byte) 0xe9; // an application's segment
      }
    }
    assertThat(bare).isNotEqualTo(jpeg);
    assertThat(ImageReader.decode("bare.jpg", bare).pixels())
        .isEqualTo(ImageReader.decode("whole.jpg", jpeg).pixels());
  }
}
