package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.fault.RequestFault;

/** What HTTP says of a fault. */
final class FaultReplies {

  private static final String RETRY_SECONDS = "1";

  private FaultReplies() {}

  static Reply of(RequestFault fault, Endpoint endpoint) {
    Reply reply = Reply.of(fault.kind().status(), Reply.JSON, JsonText.error(fault.getMessage()));
    return switch (fault.kind()) {
      case BUSY, NOT_READY -> reply.with("Retry-After", RETRY_SECONDS);
      case METHOD_NOT_ALLOWED -> reply.with("Allow", String.join(", ", endpoint.methods()));
      case UNAUTHORIZED -> reply.with("WWW-Authenticate", "Bearer");
      case TOO_LARGE, TOO_SLOW -> reply.with("Connection", "close"); // the rest isn't read
      default -> reply;
    };
  }
}
