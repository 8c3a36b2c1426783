package io.github.repvgg4j.serve.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;

/**
 * Closes connections whose next request's head takes too long. A byte now and then keeps Jetty's
 * idle timeout away for ever.
 */
final class SlowHeads implements Connection.Listener, Runnable {

  private final long limitNanos;
  private final Map<Connection, Progress> connections = new ConcurrentHashMap<>();

  /**
   * What was seen of a connection.
   *
   * @param messages requests whose head was whole
   * @param bytes that had come when they were
   * @param sinceNanos when more bytes were first seen; 0 for none
   */
  private record Progress(long messages, long bytes, long sinceNanos) {}

  SlowHeads(HttpLimits limits) {
    this.limitNanos = limits.receive().toNanos();
  }

  /** How often it has to look. */
  long periodMillis() {
    return Math.min(1000, Math.max(50, limitNanos / 4_000_000));
  }

  @Override
  public void onOpened(Connection connection) {
    connections.put(connection, new Progress(0, 0, 0));
  }

  @Override
  public void onClosed(Connection connection) {
    connections.remove(connection);
  }

  /** Looks at all of them. */
  @Override
  public void run() {
    long now = System.nanoTime();
    connections.forEach((connection, before) -> look(connection, before, now));
  }

  private void look(Connection connection, Progress before, long now) {
    long messages = connection.getMessagesIn();
    long bytes = connection.getBytesIn();
    boolean busy = messages > connection.getMessagesOut();
    if (busy || messages != before.messages()) {
      connections.replace(connection, before, new Progress(messages, bytes, 0));
    } else if (bytes > before.bytes() && before.sinceNanos() == 0) {
      connections.replace(connection, before, new Progress(messages, before.bytes(), now));
    } else if (before.sinceNanos() != 0 && now - before.sinceNanos() > limitNanos) {
      connections.remove(connection);
      connection.getEndPoint().close();
    }
  }
}
