package io.github.repvgg4j.data.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.data.PillowFixtures;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageReaderTest {

  @TempDir Path folder;

  @Test
  void jpegDecodesToPillowsPixels() throws IOException {
    RgbImage ours = PillowFixtures.read("photo.jpg");
    RgbImage pillows = PillowFixtures.read("photo-jpg-decoded.png");
    assertThat(PillowFixtures.meanDifference(ours, pillows)).isZero();
  }

  @Test
  void redComesFirst() throws IOException {
    RgbImage png = PillowFixtures.read("photo.png");
    java.awt.image.BufferedImage java =
        javax.imageio.ImageIO.read(PillowFixtures.path("photo.png").toFile());
    assertThat(png.value(5, 9, 0)).isEqualTo(java.getRGB(5, 9) >> 16 & 0xff);
    assertThat(png.value(5, 9, 2)).isEqualTo(java.getRGB(5, 9) & 0xff);
  }

  @Test
  void greyFileGivesThreeEqualChannels() throws IOException {
    RgbImage grey = PillowFixtures.read("grey.png");
    assertThat(grey.value(3, 4, 0)).isEqualTo(grey.value(3, 4, 1)).isEqualTo(grey.value(3, 4, 2));
  }

  @Test
  void cutOffJpegIsRefusedByName() throws IOException {
    Path file = cut("photo.jpg", 600);
    assertThatThrownBy(() -> ImageReader.read(file))
        .isInstanceOf(BadImageException.class)
        .hasMessage(file + ": cut off: the JPEG ends before its last pixels");
  }

  @Test
  void cutOffPngIsRefusedByName() throws IOException {
    Path file = cut("photo.png", 2000);
    assertThatThrownBy(() -> ImageReader.read(file))
        .hasMessage(file + ": cut off: the PNG has no end");
  }

  @Test
  void pngWithOneChangedByteIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(PillowFixtures.path("photo.png"));
    bytes[500] ^= 1;
    assertThatThrownBy(() -> ImageReader.decode("a.png", bytes))
        .hasMessage("a.png: damaged: a PNG checksum does not match");
  }

  @Test
  void wrongFormatsAreNamed() throws IOException {
    assertThatThrownBy(() -> ImageReader.decode("notes.jpg", "hello, world".getBytes("UTF-8")))
        .hasMessage("notes.jpg: not a JPEG, PNG, WebP, GIF, TIFF or BMP image");
    assertThatThrownBy(() -> ImageReader.decode("nothing.png", new byte[0]))
        .hasMessageContaining("the file is empty");
  }

  @Test
  void hugeClaimedSizeIsRefusedBeforeDecoding() throws IOException {
    byte[] bytes = Files.readAllBytes(PillowFixtures.path("photo.jpg"));
    int frame = indexOf(bytes, (byte) 0xc0);
    Arrays.fill(bytes, frame + 4, frame + 8, (byte) 0xff);
    assertThatThrownBy(() -> ImageReader.decode("bomb.jpg", bytes))
        .hasMessage("bomb.jpg: claims 65535 x 65535 pixels, more than 100000000");
  }

  @Test
  void missingFileAndFolderAreNamed() {
    assertThatThrownBy(() -> ImageReader.read(folder.resolve("none.png")))
        .hasMessageEndingWith("none.png: no such file");
    assertThatThrownBy(() -> ImageReader.read(folder)).hasMessageContaining("is a folder");
  }

  private Path cut(String name, int bytes) throws IOException {
    byte[] all = Files.readAllBytes(PillowFixtures.path(name));
    Path file = folder.resolve(name);
    Files.write(file, Arrays.copyOf(all, bytes));
    return file;
  }

  private static int indexOf(byte[] bytes, byte marker) {
    for (int i = 1; i < bytes.length; i++) {
      if (bytes[i - 1] == (byte) 0xff && bytes[i] == marker) {
        return i;
      }
    }
    throw new IllegalStateException("no marker");
  }
}
