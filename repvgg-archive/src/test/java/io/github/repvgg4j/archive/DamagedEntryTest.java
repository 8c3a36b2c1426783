package io.github.repvgg4j.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One bit of a stored entry that a disk or a transfer turned over, which a zip reader passes on.
 */
class DamagedEntryTest {

  private static final int AT = 2_000; // behind the entry's header

  @TempDir Path folder;
  private final byte[] content = new byte[40_000];
  private Path file;

  private SafeZip zip(int at) throws IOException {
    new Random(1).nextBytes(content);
    file = folder.resolve("model.zip");
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry("numbers");
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      out.putNextEntry(entry);
      out.write(content);
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= (byte) (at == 0 ? 0 : 4);
    Files.write(file, bytes);
    return SafeZip.open(file);
  }

  @Test
  void wholeEntryIsReadByEachWay() throws Exception {
    try (SafeZip zip = zip(0);
        InputStream stream = zip.stream("numbers")) {
      assertThat(zip.read("numbers")).isEqualTo(content);
      assertThat(stream.read()).isEqualTo(content[0] & 0xff);
      stream.skipNBytes(9_999);
      assertThat(stream.readAllBytes()).hasSize(30_000).endsWith(content[39_999]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7_000, 40_000})
  void damagedOneFailsWithItsLastByte(int step) throws Exception {
    try (SafeZip zip = zip(AT);
        InputStream stream = zip.stream("numbers")) {
      String message = file + ": entry 'numbers' is damaged (its checksum is another)";
      assertThatThrownBy(() -> zip.read("numbers"))
          .isInstanceOf(ArchiveException.class)
          .hasMessage(message);
      assertThatThrownBy(
              () -> {
                while (stream.readNBytes(step).length > 0) {
                  // to the end
                }
              })
          .hasMessage(message);
      stream.skip(1); // behind the end
    }
    try (SafeZip zip = zip(AT);
        InputStream stream = zip.stream("numbers")) {
      assertThatThrownBy(() -> stream.skipNBytes(content.length)).hasMessageContaining("damaged");
    }
  }
}
