package io.github.repvgg4j.train.optim;

/**
 * A convolution's kernel in the flat parameter vector, as the matrix {@code [out, in kH kW]} that
 * its numbers make in C order.
 *
 * @param offset of its first number
 * @param rows output channels
 * @param columns numbers of one filter
 */
public record Kernel(long offset, long rows, long columns) {

  public long length() {
    return rows * columns;
  }
}
