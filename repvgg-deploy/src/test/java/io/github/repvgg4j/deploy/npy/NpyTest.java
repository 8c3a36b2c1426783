package io.github.repvgg4j.deploy.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.testkit.Tolerance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class NpyTest {

  private static final INDArray VALUES =
      Nd4j.linspace(-3, 9, 5 * 2 * 3 * 7, DataType.FLOAT).reshape(5, 2, 3, 7);

  @TempDir Path folder;

  @Test
  void piecesMakeUpTheWhole() throws IOException {
    Path file = folder.resolve("x.npy");
    try (NpyWriter writer = NpyWriter.create(file, List.of(5L, 2L, 3L, 7L))) {
      writer.append(VALUES.get(NDArrayIndex.interval(0, 3)));
      writer.append(VALUES.get(NDArrayIndex.interval(3, 5)));
    }
    try (NpyReader reader = NpyReader.open(file)) {
      assertThat(reader.shape()).containsExactly(5L, 2L, 3L, 7L);
      Tolerance.EXACT.check(reader.next(2), VALUES.get(NDArrayIndex.interval(0, 2)));
      Tolerance.EXACT.check(reader.next(9), VALUES.get(NDArrayIndex.interval(2, 5)));
      assertThat(reader.hasNext()).isFalse();
    }
    assertThat(Files.size(file) % 64).isEqualTo(VALUES.length() * 4 % 64);
    Tolerance.EXACT.check(Nd4j.createFromNpyFile(file.toFile()), VALUES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(1, 6)", "(6, 1)", "(1, 1)"})
  void fortranOrderWithOneLongAxisIsTheSameOrder(String shape) throws IOException {
    int numbers = shape.contains("6") ? 6 : 1;
    String head = "{'descr': '<f4', 'fortran_order': True, 'shape': %s, }\n".formatted(shape);
    Path file = Files.write(folder.resolve("f.npy"), npy(head, 4 * numbers));
    try (NpyReader reader = NpyReader.open(file)) {
      assertThat(reader.next(9).length()).isEqualTo(numbers);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'<f8' | False | (2, 3) | needs float32",
        "'<f4' | True | (2, 3) | ascontiguousarray",
        "'<f4' | False | (6,) | needs the axis of the images",
        "'<f4' | False | (2, 0) | empty",
        "'<f4' | False | (2, 4) | cut off or damaged",
        "'<f4' | False | (4611686018427387904, 4) | damaged",
        "'<f4' | False | (99999999999999999999, 4) | damaged",
        "'<f4' | False | (-2, 3) | cannot be understood",
        "'O' | False | (2, 3) | needs float32",
      },
      quoteCharacter = '"')
  void badHeadsAreRefused(String descr, String order, String shape, String reason)
      throws IOException {
    String head =
        "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n".formatted(descr, order, shape);
    Path file = folder.resolve("bad.npy");
    Files.write(file, npy(head, 24));
    assertThatThrownBy(() -> NpyReader.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(reason);
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("x.npy"), "hello, this is no array");
    assertThatThrownBy(() -> NpyReader.open(text)).hasMessageContaining("not an .npy file");
    Path empty = Files.write(folder.resolve("e.npy"), new byte[0]);
    assertThatThrownBy(() -> NpyReader.open(empty)).hasMessageContaining("cut off");
    assertThatThrownBy(() -> NpyReader.open(folder)).hasMessageContaining("not a file");
    assertThatThrownBy(() -> NpyReader.open(folder.resolve("none")))
        .hasMessageContaining("no such file");
  }

  private static byte[] npy(String head, int dataBytes) {
    byte[] text = head.getBytes(StandardCharsets.US_ASCII);
    byte[] file = new byte[10 + text.length + dataBytes];
    System.arraycopy(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, 0, file, 0, 8);
    file[8] = (byte) text.length;
    System.arraycopy(text, 0, file, 10, text.length);
    return file;
  }
}
