package io.github.repvgg4j.data.image;

import io.github.repvgg4j.text.Printable;
import java.io.IOException;

/** One image that cannot be used. The message is one line: which file, what is wrong with it. */
public final class BadImageException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String image;

  public BadImageException(String image, String fault) {
    super(Printable.of(image) + ": " + fault);
    this.image = image;
  }

  private BadImageException(String image, BadImageException same) {
    super(same.getMessage(), same.getCause());
    this.image = image;
  }

  /** The same with the name that the image has in its data set; the message stays. */
  public BadImageException of(String name) {
    return new BadImageException(name, this);
  }

  private BadImageException(String image, String fault, Throwable cause) {
    super(Printable.of(image) + ": " + fault, cause);
    this.image = image;
  }

  /** The file's name. */
  public String image() {
    return image;
  }

  /**
   * Something done with one image.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws BadImageException;
  }

  /**
   * Does something with one image. Whatever goes wrong is this image's fault, so that no image
   * takes the others with it.
   *
   * @param image its file
   */
  public static <T> T naming(String image, Work<T> work) throws BadImageException {
    try {
      return work.run();
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      throw of(image, e);
    }
  }

  private static BadImageException of(String image, Throwable cause) {
    if (cause instanceof OutOfMemoryError) {
      return new BadImageException(
          image, "needs more memory than there is; make it smaller or give Java more", cause);
    }
    String reason =
        cause.getMessage() == null
            ? cause.getClass().getSimpleName()
            : cause.getMessage().lines().findFirst().orElse("");
    return new BadImageException(image, "cannot be processed: " + reason, cause);
  }
}
