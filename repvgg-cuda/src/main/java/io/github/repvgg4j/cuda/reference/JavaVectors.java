package io.github.repvgg4j.cuda.reference;

import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.Span;
import io.github.repvgg4j.cuda.device.VectorMath;

/** Each call on vectors as its documentation says, summed in float64 and stored once. */
final class JavaVectors extends JavaCalls implements VectorMath {

  JavaVectors(JavaDevice device) {
    super(device);
  }

  @Override
  public void convert(Span from, Span to) {
    begin();
    float[] x = read(from, to.length(), from.format());
    write(to, 0, i -> x[at(from) + i]);
  }

  @Override
  public void multiply(Product product, Span a, Span b, Span c) {
    begin();
    int rows = product.rows();
    int inner = product.inner();
    float[] left = read(a, (long) rows * inner, NumberFormat.FLOAT32);
    float[] right = read(b, (long) inner * product.columns(), NumberFormat.FLOAT32);
    require(c, (long) rows * product.columns(), NumberFormat.FLOAT32);
    write(
        c,
        0,
        i -> {
          int row = i % rows;
          int column = i / rows;
          double sum = 0;
          for (int k = 0; k < inner; k++) {
            int l = product.a() == Side.AS_IS ? k * rows + row : row * inner + k;
            int r = product.b() == Side.AS_IS ? column * inner + k : k * product.columns() + column;
            sum += (double) left[at(a) + l] * right[at(b) + r];
          }
          return sum;
        });
  }

  @Override
  public void addToRows(int rows, int columns, Span vector, Span matrix) {
    begin();
    float[] x = read(vector, columns, NumberFormat.FLOAT32);
    require(matrix, (long) rows * columns, NumberFormat.FLOAT32);
    write(matrix, 1, i -> x[at(vector) + i % columns]);
  }

  @Override
  public void softmax(Softmax kind, int rows, int columns, Span scores, Span result) {
    begin();
    float[] x = read(scores, (long) rows * columns, NumberFormat.FLOAT32);
    require(result, (long) rows * columns, NumberFormat.FLOAT32);
    double[] values = new double[rows * columns];
    for (int row = 0; row < rows; row++) {
      int first = at(scores) + row * columns;
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < columns; i++) {
        largest = Math.max(largest, x[first + i]);
      }
      double sum = 0;
      for (int i = 0; i < columns; i++) {
        sum += Math.exp(x[first + i] - largest);
      }
      for (int i = 0; i < columns; i++) {
        double logarithm = x[first + i] - largest - Math.log(sum);
        values[row * columns + i] = kind == Softmax.LOGARITHMS ? logarithm : Math.exp(logarithm);
      }
    }
    write(result, 0, i -> values[i]);
  }

  @Override
  public void dot(Span a, Span b, Span result) {
    begin();
    double sum = sum(a, b);
    require(result, 1, NumberFormat.FLOAT32);
    write(result, 0, i -> sum);
  }

  @Override
  public void norm(Span a, Span result) {
    begin();
    double sum = Math.sqrt(sum(a, a));
    require(result, 1, NumberFormat.FLOAT32);
    write(result, 0, i -> sum);
  }

  private double sum(Span a, Span b) {
    float[] x = read(a);
    float[] y = read(b, a.length(), NumberFormat.FLOAT32);
    double sum = 0;
    for (int i = 0; i < a.length(); i++) {
      sum += (double) x[at(a) + i] * y[at(b) + i];
    }
    return sum;
  }

  @Override
  public void axpy(float factor, Span x, Span y) {
    begin();
    float[] values = read(x, y.length(), NumberFormat.FLOAT32);
    write(y, 1, i -> (double) factor * values[at(x) + i]);
  }

  @Override
  public void scale(float factor, Span x) {
    begin();
    float[] values = read(x, x.length(), NumberFormat.FLOAT32);
    write(x, 0, i -> (double) factor * values[at(x) + i]);
  }

  @Override
  public void multiplyEntries(float factor, Span a, Span b, Span c, float kept) {
    begin();
    if (c.memory() == a.memory() && c.offset() == a.offset() || c.equals(b)) {
      throw new IllegalArgumentException("a product in its factor's place");
    }
    float[] x = read(a, c.length(), NumberFormat.FLOAT32);
    float[] y = read(b, c.length(), NumberFormat.FLOAT32);
    write(c, kept, i -> (double) factor * x[at(a) + i] * y[at(b) + i]);
  }

  @Override
  public void copy(Span from, Span to) {
    begin();
    float[] x = read(from, to.length(), to.format());
    write(to, 0, i -> x[at(from) + i]);
  }

  @Override
  public void clear(Span span) {
    begin();
    write(span, 0, i -> 0);
  }
}
