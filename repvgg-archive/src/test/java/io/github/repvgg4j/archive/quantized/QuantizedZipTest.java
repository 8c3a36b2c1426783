package io.github.repvgg4j.archive.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An INT8 zip as bytes: what is written, what is kept, what is read again. */
class QuantizedZipTest {

  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadAgainBitForBit() throws IOException {
    Path int8 = write(Optional.empty());
    try (SafeZip zip = SafeZip.open(int8);
        SafeZip fast = SafeZip.open(folder.resolve("fast.zip"))) {
      QuantizedModel expected = SmallQuantizedZip.model(fast, Optional.empty());
      QuantizedModel actual = QuantizedEntries.read(zip).orElseThrow();
      assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
      assertThat(actual.isLean()).isFalse();
      assertThat(actual.integerBytes()).isEqualTo(6 + 2 * 4);
    }
  }

  @Test
  void integersLieAsTheFormatSays() throws IOException {
    byte[] bytes = SmallQuantizedZip.entries(write(Optional.empty())).get("int8.bin");
    assertThat(bytes).startsWith(1, -2, 63, -63, 0, 7).hasSize(14);
    ByteBuffer biases = ByteBuffer.wrap(bytes, 6, 8).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(biases.getInt()).isEqualTo(-70_000);
    assertThat(biases.getInt()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void allOtherEntriesStay() throws IOException {
    Map<String, byte[]> int8 = SmallQuantizedZip.entries(write(Optional.empty()));
    Map<String, byte[]> fast = SmallQuantizedZip.entries(folder.resolve("fast.zip"));
    assertThat(int8).containsAllEntriesOf(fast).hasSize(fast.size() + 2);
  }

  @Test
  void theSameNetworkGivesTheSameBytes() throws IOException {
    byte[] once = java.nio.file.Files.readAllBytes(write(Optional.empty()));
    assertThat(java.nio.file.Files.readAllBytes(write(Optional.empty()))).isEqualTo(once);
  }

  @Test
  void integersOfAnEarlierTimeAreReplaced() throws IOException {
    Path int8 = write(Optional.of(SmallQuantizedZip.rest()));
    Path again = folder.resolve("again.zip");
    Path whole = write(Optional.empty());
    try (SafeZip zip = SafeZip.open(whole)) {
      new QuantizedZip(zip, SmallQuantizedZip.model(zip, Optional.empty())).write(again);
    }
    assertThat(SmallQuantizedZip.entries(again))
        .containsOnlyKeys(SmallQuantizedZip.entries(whole).keySet());
    assertThat(int8).exists();
  }

  @Test
  void aLeanZipKeepsTheFloatsThatAreNeededStill() throws IOException {
    Map<String, byte[]> entries =
        SmallQuantizedZip.entries(write(Optional.of(SmallQuantizedZip.rest())));
    assertThat(entries)
        .containsOnlyKeys(
            ModelArchive.CONFIGURATION, "notes.txt", "int8.json", "int8.bin", "int8-floats.bin");
    ByteBuffer floats =
        ByteBuffer.wrap(entries.get("int8-floats.bin")).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(floats.remaining()).isEqualTo(9 * Float.BYTES);
    for (int i = 8; i < 17; i++) {
      assertThat(floats.getFloat()).isEqualTo(SmallQuantizedZip.FLOATS[i]);
    }
  }

  @Test
  void aLeanZipCannotBeQuantizedAgain() throws IOException {
    try (SafeZip lean = SafeZip.open(write(Optional.of(SmallQuantizedZip.rest())))) {
      assertThatThrownBy(() -> QuantizedZip.floatWeights(lean))
          .isInstanceOf(ArchiveException.class)
          .hasMessageContaining("is a lean INT8 zip, without the FP32 weights");
    }
  }

  @Test
  void integersOfOtherWeightsAreNotWritten() throws IOException {
    Path fast = SmallQuantizedZip.fast(folder.resolve("fast.zip"));
    Map<String, byte[]> entries = SmallQuantizedZip.entries(fast);
    entries.put(ModelArchive.COEFFICIENTS, SmallQuantizedZip.coefficients(new float[17]));
    Path other = SmallQuantizedZip.write(folder.resolve("other.zip"), entries);
    try (SafeZip zip = SafeZip.open(fast);
        SafeZip otherZip = SafeZip.open(other)) {
      QuantizedModel model = SmallQuantizedZip.model(zip, Optional.empty());
      assertThatThrownBy(() -> new QuantizedZip(otherZip, model))
          .isInstanceOf(ArchiveException.class)
          .hasMessageContaining("other weights than those that were quantized");
    }
  }

  private Path write(Optional<FloatRest> rest) throws IOException {
    Path fast = SmallQuantizedZip.fast(folder.resolve("fast.zip"));
    Path target = folder.resolve("int8.zip");
    try (SafeZip zip = SafeZip.open(fast)) {
      new QuantizedZip(zip, SmallQuantizedZip.model(zip, rest)).write(target);
    }
    return target;
  }
}
