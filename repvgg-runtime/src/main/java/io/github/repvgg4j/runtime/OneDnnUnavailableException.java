package io.github.repvgg4j.runtime;

import io.github.repvgg4j.machine.NativeCache;

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
            + "; "
            + remedy(reason)
            + ", or run the network with Deeplearning4j (--engine dl4j)");
    this.reason = reason;
  }

  private static String remedy(String reason) {
    return reason.contains(NativeCache.PROPERTY) // as JavaCPP's own message does
        ? "name a folder that can be written to: -D" + NativeCache.PROPERTY + "=…"
        : "put this platform's natives (repvgg-runtime-natives-…) on the class path";
  }

  /** Why, without a remedy. */
  public String reason() {
    return reason;
  }
}
