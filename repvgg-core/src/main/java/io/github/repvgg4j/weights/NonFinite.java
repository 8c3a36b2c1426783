package io.github.repvgg4j.weights;

/**
 * A tensor that holds numbers with which nothing can be computed.
 *
 * @param tensor its name
 * @param nan NaN among its numbers
 * @param infinite infinities among them, as stored or because float32 cannot hold the number
 * @param length all its numbers
 */
public record NonFinite(String tensor, long nan, long infinite, long length) {

  @Override
  public String toString() {
    return tensor
        + " ("
        + (nan > 0 ? nan + " NaN" : "")
        + (nan > 0 && infinite > 0 ? ", " : "")
        + (infinite > 0 ? infinite + " Inf" : "")
        + " of "
        + length
        + ")";
  }
}
