package io.github.repvgg4j.serve.http;

import java.util.Optional;
import java.util.Set;

/**
 * Where and to whom the server answers.
 *
 * @param host address to listen on
 * @param port 0 for any that is free
 * @param token without which there is no answer; empty for none
 * @param corsOrigins pages of other origins that may ask, such as {@code https://example.org}
 */
public record HttpOptions(
    String host,
    int port,
    Optional<BearerToken> token,
    Set<String> corsOrigins,
    HttpLimits limits) {

  public HttpOptions {
    corsOrigins = Set.copyOf(corsOrigins);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: 0 to 65535, got " + port);
    }
    for (String origin : corsOrigins) {
      if (!origin.matches("https?://[^/\\s,]+")) {
        throw new IllegalArgumentException(
            "cors-origin: scheme://host[:port] without a path, got " + origin);
      }
    }
  }
}
