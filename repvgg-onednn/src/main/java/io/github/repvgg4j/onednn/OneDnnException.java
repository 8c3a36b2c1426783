package io.github.repvgg4j.onednn;

import org.bytedeco.dnnl.global.dnnl;

/** oneDNN refused; the message says what was asked of it. */
public final class OneDnnException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public OneDnnException(String message) {
    super(message);
  }

  /**
   * For this module.
   *
   * @param what was asked for
   * @param status oneDNN's answer
   */
  public static void check(String what, int status) {
    if (status != dnnl.dnnl_success) {
      throw new OneDnnException(what + ": " + reason(status));
    }
  }

  private static String reason(int status) {
    return switch (status) {
      case dnnl.dnnl_out_of_memory -> "oneDNN is out of memory";
      case dnnl.dnnl_invalid_arguments -> "oneDNN takes no such shape or layout";
      case dnnl.dnnl_unimplemented -> "oneDNN has no code for it on this CPU";
      default -> "oneDNN failed with status " + status;
    };
  }
}
