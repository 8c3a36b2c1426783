package io.github.repvgg4j.data;

import java.io.IOException;

/** One image that cannot be used. The message is one line: which file, what is wrong with it. */
public final class BadImageException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String image;

  public BadImageException(String image, String fault) {
    super(image + ": " + fault);
    this.image = image;
  }

  private BadImageException(String image, BadImageException same) {
    super(same.getMessage(), same.getCause());
    this.image = image;
  }

  /** The same with the name that the image has in its data set; the message stays. */
  BadImageException of(String name) {
    return new BadImageException(name, this);
  }

  /** The file's name. */
  public String image() {
    return image;
  }
}
