package io.github.repvgg4j.train.loop;

import java.io.IOException;

/** All images of a part were left out, so there is nothing to learn from or to count. */
public final class NoUsableImagesException extends IOException {

  private static final long serialVersionUID = 1L;

  public NoUsableImagesException(String message) {
    super(message);
  }

  /** After an epoch whose images were all left out. */
  public static NoUsableImagesException training() {
    return new NoUsableImagesException("no training image could be used");
  }
}
