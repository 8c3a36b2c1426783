package io.github.repvgg4j.runtime.graph;

/** A layer that the fast runtime cannot run; the message names its index, type and the remedy. */
public final class UnsupportedLayerException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** What a person can do about nearly all of them. */
  public static final String USE_DL4J = "run this network with Deeplearning4j (--engine dl4j)";

  /**
   * @param where the layer, or the file
   * @param what is wrong with it
   * @param remedy such as {@link #USE_DL4J}
   */
  public UnsupportedLayerException(String where, String what, String remedy) {
    super(where + ": " + what + "; " + remedy);
  }

  /** The same, named with the file that holds the layer. */
  public UnsupportedLayerException(String file, UnsupportedLayerException fault) {
    super(file + ": " + fault.getMessage(), fault);
  }
}
