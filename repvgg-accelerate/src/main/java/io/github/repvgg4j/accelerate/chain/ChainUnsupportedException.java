package io.github.repvgg4j.accelerate.chain;

/** A network, data type or machine that the chain can't run; the message says which and why. */
public final class ChainUnsupportedException extends Exception {

  private static final long serialVersionUID = 1L;

  public ChainUnsupportedException(String message) {
    super(message);
  }
}
