package io.github.repvgg4j.deploy.quantize.trace;

import io.github.repvgg4j.runtime.graph.FastLayer.Dense;
import io.github.repvgg4j.spec.InputShape;
import java.util.List;

/** Products of rows with rows, by the runtime's own float32. */
public final class Gram {

  /** Columns computed at once: more would only take memory, and cost bits of the sums. */
  private static final int COLUMNS = 4096;

  private Gram() {}

  /**
   * {@code X Xᵀ} of some rows of a matrix.
   *
   * @param values {@code [rows, columns]} in C order, all rows
   * @param from first row
   * @param to behind the last
   * @return {@code [to - from, to - from]}, whole
   */
  public static double[][] of(float[] values, int columns, int from, int to) {
    int rows = to - from;
    double[][] gram = new double[rows][rows];
    for (int first = 0; first < columns; first += COLUMNS) {
      int width = Math.min(COLUMNS, columns - first);
      float[] part = new float[rows * width];
      for (int r = 0; r < rows; r++) {
        System.arraycopy(values, (from + r) * columns + first, part, r * width, width);
      }
      add(gram, products(part, rows));
    }
    return gram;
  }

  /** A dense layer does it, whose weights are the rows that it reads. */
  private static float[] products(float[] values, int rows) {
    int width = values.length / rows;
    Dense dense = new Dense("gram", width, 1, 1, rows);
    try (NodeEngine engine = new NodeEngine(dense, List.of(values, new float[rows]), width)) {
      return engine.run(values, rows, new InputShape(width, 1, 1), rows * rows);
    }
  }

  private static void add(double[][] sums, float[] products) {
    int rows = sums.length;
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < rows; c++) {
        sums[r][c] += products[r * rows + c];
      }
    }
  }
}
