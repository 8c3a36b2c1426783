package io.github.repvgg4j.array;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class RowMajorTest {

  private final INDArray six = Nd4j.createFromArray(0f, 1, 2, 3, 4, 5);

  @Test
  void stridesOfAxesOfLengthOneMeanNothing() {
    INDArray odd = Nd4j.create(six.data(), new long[] {1, 6, 1}, new long[] {77, 1, 5}, 0, 'c');
    assertThat(RowMajor.is(odd)).isTrue();
    assertThat(RowMajor.of(odd)).isSameAs(odd);
    assertThat(RowMajor.is(Nd4j.create(DataType.FLOAT, 16, 1, 1, 1).permute(1, 0, 2, 3))).isTrue();
    assertThat(RowMajor.is(Nd4j.scalar(1f))).isTrue();
  }

  @Test
  void fortranOrderAndStepsAreNot() {
    INDArray fortran = six.reshape('c', 2, 3).dup('f');
    assertThat(RowMajor.is(fortran)).isFalse();
    assertThat(RowMajor.of(fortran).data().asFloat()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(RowMajor.is(six.reshape('c', 2, 3).transpose())).isFalse();
    INDArray columns = six.reshape('c', 2, 3).get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2));
    assertThat(RowMajor.is(columns)).isFalse();
  }
}
