package io.github.repvgg4j.runtime.check;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * A linear map of square arrays, {@code M x M'}, as what each number of x adds to the result.
 *
 * @param columns of each number of x, in C order
 */
@SuppressWarnings("ArrayRecordComponent")
record Transform(double[][] columns) {

  /**
   * @param matrix M
   */
  static Transform of(double[][] matrix) {
    int size = matrix.length;
    int length = matrix[0].length;
    double[][] columns = new double[length * length][size * size];
    for (int from = 0; from < columns.length; from++) {
      for (int to = 0; to < size * size; to++) {
        columns[from][to] = matrix[to / size][from / length] * matrix[to % size][from % length];
      }
    }
    return new Transform(columns);
  }

  double[] of(double[] numbers) {
    double[] result = new double[columns[0].length];
    for (int from = 0; from < columns.length; from++) {
      Plane.add(result, 0, columns[from], 0, result.length, numbers[from]);
    }
    return result;
  }

  /** The same with another number for each of the map's. */
  Transform map(DoubleUnaryOperator function) {
    return new Transform(
        Arrays.stream(columns)
            .map(column -> Arrays.stream(column).map(function).toArray())
            .toArray(double[][]::new));
  }
}
