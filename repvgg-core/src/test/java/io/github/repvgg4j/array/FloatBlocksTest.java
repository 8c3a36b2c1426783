package io.github.repvgg4j.array;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FloatBlocksTest {

  /** More than one block, and not a whole number of them. */
  private static final int COLUMNS = FloatBlocks.LENGTH / 2 + 7;

  @Test
  void viewsAreReadInRowMajorOrder() {
    INDArray all = Nd4j.randn(DataType.FLOAT, 6, COLUMNS);
    INDArray rows = all.get(NDArrayIndex.interval(2, 5), NDArrayIndex.all());
    INDArray columns = all.get(NDArrayIndex.all(), NDArrayIndex.interval(3, COLUMNS - 2));
    for (INDArray array : List.of(all, rows, columns, all.transpose(), rows.transpose())) {
      float[] read = read(array);
      int next = 0;
      for (long i = 0; i < array.size(0); i++) {
        for (long j = 0; j < array.size(1); j++) {
          assertThat(read[next++]).isEqualTo(array.getFloat(i, j));
        }
      }
    }
  }

  @Test
  void writtenNumbersAreReadAgain() {
    float[] numbers = read(Nd4j.randn(DataType.FLOAT, 3, COLUMNS));
    INDArray array =
        FloatBlocks.create(
            (start, block, count) -> System.arraycopy(numbers, start, block, 0, count),
            3,
            1,
            COLUMNS);
    assertThat(array.shape()).containsExactly(3, 1, COLUMNS);
    assertThat(read(array)).containsExactly(numbers);
    assertThat(array.getFloat(2, 0, COLUMNS - 1)).isEqualTo(numbers[numbers.length - 1]);
  }

  private static float[] read(INDArray array) {
    float[] numbers = new float[(int) array.length()];
    FloatBlocks.read(
        array, (start, block, count) -> System.arraycopy(block, 0, numbers, start, count));
    return numbers;
  }
}
