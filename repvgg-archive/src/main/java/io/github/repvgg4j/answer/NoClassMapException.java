package io.github.repvgg4j.answer;

/** A network whose end is not a global average pooling with a linear layer behind it. */
public final class NoClassMapException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /**
   * @param why what the network has instead
   */
  public NoClassMapException(String why) {
    super(
        "has no class activation maps, which need a linear layer that reads the global average of a"
            + " feature map: "
            + why);
  }
}
