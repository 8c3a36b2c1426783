package io.github.repvgg4j.serve.http;

import java.time.Duration;

/**
 * What strangers may take.
 *
 * @param bodyBytes of a request
 * @param bodyMemoryBytes of all bodies at once; more are refused
 * @param connections at once; more wait until one closes
 * @param idle what a connection may be silent
 * @param receive from a request's first byte to its last
 */
public record HttpLimits(
    int bodyBytes, long bodyMemoryBytes, int connections, Duration idle, Duration receive) {

  public static final HttpLimits STANDARD =
      new HttpLimits(32 << 20, 256L << 20, 4096, Duration.ofSeconds(30), Duration.ofSeconds(30));

  private static void requireTime(String name, Duration time) {
    if (time.toMillis() < 1) {
      throw new IllegalArgumentException(name + ": 1 ms or more");
    }
  }

  public HttpLimits {
    if (bodyBytes < 1 || bodyMemoryBytes < bodyBytes) {
      throw new IllegalArgumentException(
          "max-body: 1 byte or more, and no more than body-memory, got " + bodyBytes);
    }
    if (connections < 1) {
      throw new IllegalArgumentException("max-connections: 1 or more, got " + connections);
    }
    requireTime("idle-timeout", idle);
    requireTime("receive-timeout", receive);
  }
}
