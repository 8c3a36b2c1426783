package io.github.repvgg4j.serve.fault;

import java.util.Objects;

/**
 * Why one request gets no answer. The message is one line that its sender reads, so it names
 * nothing of this machine. It has no stack trace: a server under attack makes many.
 */
public final class RequestFault extends Exception {

  private static final long serialVersionUID = 1L;

  private final FaultKind kind;

  public RequestFault(FaultKind kind, String message) {
    super(Objects.requireNonNull(message, "message"), null, false, false);
    this.kind = kind;
  }

  public FaultKind kind() {
    return kind;
  }

  /** What was sent makes no sense. */
  public static RequestFault bad(String message) {
    return new RequestFault(FaultKind.BAD_REQUEST, message);
  }
}
