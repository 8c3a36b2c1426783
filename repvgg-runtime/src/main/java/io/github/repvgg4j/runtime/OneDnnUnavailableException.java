package io.github.repvgg4j.runtime;

/** oneDNN cannot be loaded here; the message says why and what helps. */
public final class OneDnnUnavailableException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private final String reason;

  /**
   * @param reason of the library, one line
   */
  public OneDnnUnavailableException(String reason) {
    super(
        "oneDNN cannot be loaded: "
            + reason
            + "; put this platform's natives (org.bytedeco dnnl, opencl and javacpp) on the class"
            + " path, or run the network with Deeplearning4j (--engine dl4j)");
    this.reason = reason;
  }

  /** Why, without a remedy. */
  public String reason() {
    return reason;
  }
}
