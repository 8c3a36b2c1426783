package io.github.repvgg4j.serve.fault;

import java.util.Locale;

/** Why a request gets no answer; each has one status of HTTP. */
public enum FaultKind {
  /** What was sent makes no sense. */
  BAD_REQUEST(400),
  /** An image that can't be decoded. */
  BAD_IMAGE(400),
  /** No token, or a wrong one. */
  UNAUTHORIZED(401),
  /** No such path, model or version. */
  NOT_FOUND(404),
  /** The path has other methods. */
  METHOD_NOT_ALLOWED(405),
  /** The body came too slowly. */
  TOO_SLOW(408),
  /** Body or image beyond the cap. */
  TOO_LARGE(413),
  /** Content of a type that the path doesn't take. */
  UNSUPPORTED_TYPE(415),
  /** HTTP that the parser refuses. */
  BAD_HTTP(400),
  /** A defect of this program, or of the machine. */
  FAILED(500),
  /** More work than the queue takes: come again later. */
  BUSY(503),
  /** Models are being loaded, or the server ends. */
  NOT_READY(503),
  /** Not computed in time. */
  DEADLINE(504);

  private final int status;

  FaultKind(int status) {
    this.status = status;
  }

  /** Of HTTP. */
  public int status() {
    return status;
  }

  /** As metrics name it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
