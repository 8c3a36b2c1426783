package io.github.repvgg4j.model;

/** What a network reads cannot be told, or is not what was said. The message is one line. */
public final class UnknownInputException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final boolean readsNoImages;

  private UnknownInputException(String message, boolean readsNoImages) {
    super(message);
    this.readsNoImages = readsNoImages;
  }

  UnknownInputException(String message) {
    this(message, false);
  }

  /** A network of series, volumes or vectors. */
  static UnknownInputException readsNoImages(String message) {
    return new UnknownInputException(message, true);
  }

  /** Whether the network is one of series, volumes or vectors. */
  public boolean readsNoImages() {
    return readsNoImages;
  }
}
