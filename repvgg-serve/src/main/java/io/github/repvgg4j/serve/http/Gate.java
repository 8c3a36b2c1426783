package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.fault.RequestFault;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;

/** What every request has to pass: method, origin, token. */
final class Gate {

  private static final String ALLOWED_HEADERS =
      "Authorization, Content-Type, Inference-Header-Content-Length";

  private final HttpOptions options;

  Gate(HttpOptions options) {
    this.options = options;
  }

  /**
   * Sets headers that every answer has.
   *
   * @return an answer that is given at once: to OPTIONS
   */
  Optional<Reply> check(Exchange exchange) throws RequestFault {
    Endpoint endpoint = exchange.target().endpoint();
    HttpFields.Mutable headers = exchange.responseHeaders();
    headers.put("X-Content-Type-Options", "nosniff");
    if (endpoint == Endpoint.PAGE) {
      headers.put("Content-Security-Policy", PageFiles.POLICY);
      headers.put("Referrer-Policy", "no-referrer");
      headers.put("X-Frame-Options", "DENY");
      headers.put("Cache-Control", "no-cache");
    } else {
      headers.put("Cache-Control", "no-store");
    }
    boolean allowedOrigin = origin(exchange, headers);
    if (endpoint == Endpoint.NONE) {
      throw new RequestFault(FaultKind.NOT_FOUND, "no such path");
    }
    if (!endpoint.methods().contains(exchange.method())) {
      throw new RequestFault(
          FaultKind.METHOD_NOT_ALLOWED, "allowed here: " + String.join(", ", endpoint.methods()));
    }
    if (exchange.method().equals("OPTIONS")) {
      return Optional.of(options(endpoint, allowedOrigin));
    }
    if (endpoint.access() == Endpoint.Access.GUARDED && options.token().isPresent()) {
      if (!options.token().get().matches(exchange.header("Authorization"))) {
        throw new RequestFault(
            FaultKind.UNAUTHORIZED, "Authorization: Bearer with the server's token expected");
      }
    }
    return Optional.empty();
  }

  private boolean origin(Exchange exchange, HttpFields.Mutable headers) {
    if (options.corsOrigins().isEmpty()) {
      return false;
    }
    headers.put("Vary", "Origin");
    String origin = exchange.header("Origin");
    if (origin == null || !options.corsOrigins().contains(origin)) {
      return false;
    }
    headers.put("Access-Control-Allow-Origin", origin);
    headers.put(
        "Access-Control-Expose-Headers",
        "Inference-Header-Content-Length, Retry-After, Server-Timing");
    return true;
  }

  private static Reply options(Endpoint endpoint, boolean allowedOrigin) {
    String methods = String.join(", ", endpoint.methods());
    Reply reply = Reply.empty(204).with("Allow", methods);
    return allowedOrigin
        ? reply
            .with("Access-Control-Allow-Methods", methods)
            .with("Access-Control-Allow-Headers", ALLOWED_HEADERS)
            .with("Access-Control-Max-Age", "600")
        : reply;
  }
}
