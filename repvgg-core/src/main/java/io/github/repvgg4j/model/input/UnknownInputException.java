package io.github.repvgg4j.model.input;

/** What a network reads cannot be told, or is not what was said. The message is one line. */
public final class UnknownInputException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final boolean readsNoImages;
  private final int axes;

  private UnknownInputException(String message, boolean readsNoImages, int axes) {
    super(message);
    this.readsNoImages = readsNoImages;
    this.axes = axes;
  }

  UnknownInputException(String message) {
    this(message, false, 0);
  }

  /**
   * A network of series, volumes or vectors.
   *
   * @param axes of its arrays; 0 for any number
   */
  static UnknownInputException readsNoImages(String message, int axes) {
    return new UnknownInputException(message, true, axes);
  }

  /** Whether the network is one of series, volumes or vectors. */
  public boolean readsNoImages() {
    return readsNoImages;
  }

  /** How many axes the arrays of a network that reads no images have; 0 for any number. */
  public int axes() {
    return axes;
  }
}
