package io.github.repvgg4j.runtime;

/** A layer that the fast runtime cannot run; the message names its index, type and the remedy. */
public final class UnsupportedLayerException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  UnsupportedLayerException(String where, String what, String remedy) {
    super(where + ": " + what + "; " + remedy);
  }

  /** The same, named with the file that holds the layer. */
  UnsupportedLayerException(String file, UnsupportedLayerException fault) {
    super(file + ": " + fault.getMessage(), fault);
  }
}
