package io.github.repvgg4j.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Arrays seen as their numbers in C order; what CUDA adds is DeviceMemoryTest's. */
class HostMemoryTest {

  private static final INDArray TWO_ROWS = Floats.array(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);

  @Test
  void readsAnyLayoutInOrder() {
    assertThat(read(TWO_ROWS)).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(read(TWO_ROWS.transpose())).containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(read(row(TWO_ROWS, 1))).containsExactly(4, 5, 6);
  }

  @Test
  void writesAViewAndNothingElse() {
    INDArray array = TWO_ROWS.dup();
    HostMemory.write(row(array, 1), numbers -> numbers.put(new float[] {7, 8, 9}));
    assertThat(Floats.values(array)).containsExactly(1, 2, 3, 7, 8, 9);
    assertThatThrownBy(() -> HostMemory.write(array.transpose(), numbers -> {}))
        .hasMessageContaining("not row-major");
    assertThatThrownBy(() -> HostMemory.read(array, numbers -> write(numbers)))
        .isInstanceOf(ReadOnlyBufferException.class);
    INDArray wide = array.castTo(DataType.DOUBLE);
    assertThatThrownBy(() -> HostMemory.read(wide, numbers -> {}))
        .hasMessageContaining("FLOAT expected");
  }

  @Test
  void theAddressIsThatOfTheFirstNumber() {
    long first = HostMemory.address(TWO_ROWS);
    assertThat(HostMemory.address(row(TWO_ROWS, 1))).isEqualTo(first + 3 * Float.BYTES);
  }

  @Test
  void aReferenceThatProvesNothingHasAFlaw() {
    assertThat(ReferenceNumbers.flaw(TWO_ROWS)).isEmpty();
    assertThat(ReferenceNumbers.flaw(Nd4j.zeros(2, 3))).contains("is zero throughout");
    assertThat(ReferenceNumbers.flaw(Nd4j.zeros(1))).contains("is zero throughout");
    assertThat(ReferenceNumbers.flaw(Nd4j.ones(2, 3).mul(7))).contains("is 7.0 throughout");
    assertThat(ReferenceNumbers.flaw(Nd4j.ones(1))).isEmpty();
    assertThat(ReferenceNumbers.flaw(with(Float.POSITIVE_INFINITY))).contains("is not finite");
    assertThat(ReferenceNumbers.flaw(with(Float.NaN))).contains("is not finite");
  }

  private static INDArray with(float odd) {
    return Floats.array(new float[] {1, odd, 2}, 3);
  }

  private static void write(FloatBuffer numbers) {
    numbers.put(0);
  }

  private static INDArray row(INDArray array, int row) {
    return array.get(NDArrayIndex.point(row), NDArrayIndex.all());
  }

  private static float[] read(INDArray array) {
    float[] values = new float[(int) array.length()];
    HostMemory.read(array, numbers -> numbers.get(values));
    return values;
  }
}
