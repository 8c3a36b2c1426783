package io.github.repvgg4j.data.format;

/** Why a file is no usable image; the message does not name the file. */
public final class FormatFault extends Exception {

  private static final long serialVersionUID = 1L;

  public FormatFault(String message) {
    super(message);
  }
}
