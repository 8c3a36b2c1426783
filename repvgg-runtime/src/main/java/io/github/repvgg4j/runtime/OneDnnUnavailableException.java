package io.github.repvgg4j.runtime;

/** oneDNN cannot be loaded here; the message says why and what helps. */
public final class OneDnnUnavailableException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /** JavaCPP's property, which its own message names. */
  private static final String CACHE = "org.bytedeco.javacpp.cachedir";

  private final String reason;

  /**
   * @param reason of the library, one line
   */
  public OneDnnUnavailableException(String reason) {
    super(
        "oneDNN cannot be loaded: "
            + reason
            + "; "
            + remedy(reason)
            + ", or run the network with Deeplearning4j (--engine dl4j)");
    this.reason = reason;
  }

  private static String remedy(String reason) {
    return reason.contains(CACHE)
        ? "name a folder that can be written to: -D" + CACHE + "=…"
        : "put this platform's natives (repvgg-runtime-natives-…) on the class path";
  }

  /** Why, without a remedy. */
  public String reason() {
    return reason;
  }
}
