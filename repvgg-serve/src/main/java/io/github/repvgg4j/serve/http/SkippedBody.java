package io.github.repvgg4j.serve.http;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * A body that nobody wants, read to its end before the answer: a connection that is closed while
 * its client sends loses the answer, and one that is kept would take the rest for a request.
 */
final class SkippedBody implements Runnable {

  /** What becomes of the connection. */
  enum Outcome {
    READ,
    /** Too large, too slow, or its client waits to be told to send it: close behind the answer. */
    LEFT
  }

  private final Request request;
  private final Consumer<Outcome> then;
  private final AtomicBoolean done = new AtomicBoolean();
  private long left;
  private volatile Future<?> alarm;

  private SkippedBody(Request request, long most, Consumer<Outcome> then) {
    this.request = request;
    this.left = most;
    this.then = then;
  }

  /** Reads what there is, if there is any, and goes on, at once or later. */
  static void before(
      Request request,
      HttpLimits limits,
      ScheduledThreadPoolExecutor timer,
      Consumer<Outcome> then) {
    long promised = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
    boolean chunked = request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    if (promised <= 0 && !chunked) {
      then.accept(Outcome.READ);
      return;
    }
    if (promised > limits.bodyBytes() || request.getHeaders().contains(HttpHeader.EXPECT)) {
      then.accept(Outcome.LEFT);
      return;
    }
    SkippedBody body = new SkippedBody(request, limits.bodyBytes(), then);
    body.alarm =
        timer.schedule(
            () -> body.end(Outcome.LEFT), limits.receive().toMillis(), TimeUnit.MILLISECONDS);
    body.run();
  }

  @Override
  public void run() {
    while (!done.get()) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        end(Outcome.LEFT);
        return;
      }
      left -= chunk.remaining();
      boolean last = chunk.isLast();
      chunk.release();
      if (last || left < 0) {
        end(last ? Outcome.READ : Outcome.LEFT);
        return;
      }
    }
  }

  private void end(Outcome outcome) {
    if (done.compareAndSet(false, true)) {
      if (alarm != null) { // which may ring at once
        alarm.cancel(false);
      }
      then.accept(outcome);
    }
  }
}
