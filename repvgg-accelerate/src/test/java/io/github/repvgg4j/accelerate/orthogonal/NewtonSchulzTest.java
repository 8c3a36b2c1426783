package io.github.repvgg4j.accelerate.orthogonal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.accelerate.orthogonal.NewtonSchulz.Coefficients;
import io.github.repvgg4j.accelerate.orthogonal.NewtonSchulz.Matrix;
import io.github.repvgg4j.onednn.OneDnnException;
import io.github.repvgg4j.onednn.Precision;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Against the iteration as it is written, in float64 by ND4J. */
class NewtonSchulzTest {

  private static final Coefficients QUINTIC = new Coefficients(3.4445, -4.7750, 2.0315);
  private static final List<Matrix> MATRICES =
      List.of(
          new Matrix(3, 16, 27),
          new Matrix(3 + 16 * 27, 40, 9),
          new Matrix(800, 1, 5),
          new Matrix(805, 32, 32));

  @ParameterizedTest
  @CsvSource({"FP32, 5, 1e-4", "FP32, 1, 1e-5", "BF16, 3, 3e-2"})
  void matricesAreThoseOfTheDefinitionAndNumbersBetweenThemStay(
      Precision precision, int steps, double limit) {
    Nd4j.getRandom().setSeed(7);
    INDArray vector = Nd4j.randn(DataType.FLOAT, 1, 805 + 32 * 32 + 2);
    for (Matrix matrix : MATRICES) {
      INDArray range = range(vector, matrix);
      range.divi(range.norm2Number().doubleValue());
    }
    INDArray before = vector.dup();
    try (NewtonSchulz products =
        NewtonSchulz.of(MATRICES, QUINTIC, steps, precision).orElseThrow()) {
      products.run(vector);
      INDArray once = vector.dup();
      for (Matrix matrix : MATRICES) {
        INDArray expected = iterate(range(before, matrix), matrix, steps);
        INDArray found = range(vector, matrix).castTo(DataType.DOUBLE);
        double difference = found.sub(expected).norm2Number().doubleValue();
        assertThat(difference / expected.norm2Number().doubleValue())
            .as("%s", matrix)
            .isLessThan(limit);
      }
      for (int i : new int[] {0, 1, 2, 797, 798, 799, 805 + 1024, 805 + 1025}) {
        assertThat(vector.getFloat(i)).isEqualTo(before.getFloat(i));
      }
      vector.assign(before);
      products.run(vector);
      assertThat(vector).isEqualTo(once);
      INDArray elsewhere = before.dup();
      products.run(elsewhere);
      assertThat(elsewhere).isEqualTo(once);
    } catch (OneDnnException e) {
      Assumptions.assumeTrue(precision == Precision.FP32, "no bfloat16 here: " + e.getMessage());
      throw e;
    }
  }

  private static INDArray range(INDArray vector, Matrix matrix) {
    long end = matrix.offset() + matrix.rows() * matrix.columns();
    return vector.get(NDArrayIndex.point(0), NDArrayIndex.interval(matrix.offset(), end));
  }

  private static INDArray iterate(INDArray numbers, Matrix matrix, int steps) {
    INDArray x =
        numbers.castTo(DataType.DOUBLE).dup('c').reshape('c', matrix.rows(), matrix.columns());
    for (int step = 0; step < steps; step++) {
      INDArray a = x.mmul(x.transpose());
      INDArray b = a.mul(QUINTIC.b()).add(a.mmul(a).mul(QUINTIC.c()));
      x = x.mul(QUINTIC.a()).add(b.mmul(x));
    }
    return Nd4j.toFlattened('c', x);
  }
}
