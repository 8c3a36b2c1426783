package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.fault.RequestFault;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request's body, read as it comes without a thread that waits for it. Its memory is at most four
 * times what has been sent, whatever was promised, and within two caps and a time.
 */
final class Body implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Body.class);
  private static final int FIRST_BYTES = 1 << 14;

  private final Request request;
  private final HttpLimits limits;
  private final BodyMemory memory;
  private final CompletableFuture<byte[]> done = new CompletableFuture<>();
  private byte[] bytes = new byte[0];
  private int length;
  private long taken;

  private Body(Request request, HttpLimits limits, BodyMemory memory) {
    this.request = request;
    this.limits = limits;
    this.memory = memory;
  }

  /**
   * Begins to read.
   *
   * @return fails with a {@link RequestFault}; its memory is given back by {@link #release}
   */
  static Body read(
      Request request, HttpLimits limits, BodyMemory memory, ScheduledThreadPoolExecutor timer) {
    Body body = new Body(request, limits, memory);
    long promised = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
    if (promised > limits.bodyBytes()) {
      body.fail(body.tooLarge());
      return body;
    }
    Future<?> alarm =
        timer.schedule(
            () ->
                body.fail(
                    new RequestFault(
                        FaultKind.TOO_SLOW,
                        "the body didn't come within " + limits.receive().toMillis() + " ms")),
            limits.receive().toMillis(),
            TimeUnit.MILLISECONDS);
    body.done.whenComplete((bytes, failure) -> alarm.cancel(false));
    body.run();
    return body;
  }

  CompletableFuture<byte[]> done() {
    return done;
  }

  private RequestFault tooLarge() {
    return new RequestFault(
        FaultKind.TOO_LARGE, "the body is larger than " + limits.bodyBytes() + " bytes");
  }

  /** Reads what there is; called again when more has come. */
  @Override
  public void run() {
    try {
      while (!done.isDone()) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          request.demand(this);
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          fail(RequestFault.bad("the body was cut off"));
          return;
        }
        boolean last = chunk.isLast();
        try {
          append(chunk.getByteBuffer());
        } finally {
          chunk.release();
        }
        if (last) {
          complete();
        }
      }
    } catch (RequestFault e) {
      fail(e);
    } catch (OutOfMemoryError e) {
      LOG.error("A body found no memory", e);
      fail(busy());
    } catch (RuntimeException | Error e) {
      fail(RequestFault.bad("the body can't be read"));
    }
  }

  private void append(ByteBuffer more) throws RequestFault {
    int count = more.remaining();
    if (count > limits.bodyBytes() - length) {
      throw tooLarge();
    }
    if (length + count > bytes.length) {
      grow(length + count);
    }
    more.get(bytes, length, count);
    length += count;
  }

  private void grow(int least) throws RequestFault {
    long promised = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
    long wanted = Math.max(least, Math.max(FIRST_BYTES, 4L * bytes.length));
    int size = (int) Math.min(wanted, promised >= least ? promised : limits.bodyBytes());
    synchronized (this) {
      if (done.isDone()) {
        return; // too slow, a moment ago
      }
      reserve(size - taken);
    }
    bytes = Arrays.copyOf(bytes, size);
  }

  /**
   * Memory for what is made of the body.
   *
   * @throws RequestFault where there is no more
   */
  synchronized void reserve(long more) throws RequestFault {
    if (taken + more > memory.limit()) {
      throw new RequestFault(
          FaultKind.TOO_LARGE,
          "a body of this size takes "
              + (taken + more)
              + " bytes to read, more than the "
              + memory.limit()
              + " that the server has for all bodies");
    }
    if (!memory.take(more)) {
      throw busy();
    }
    taken += more;
  }

  private static RequestFault busy() {
    return new RequestFault(FaultKind.BUSY, "too many bodies at once; come again later");
  }

  private void complete() {
    done.complete(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
  }

  private void fail(RequestFault fault) {
    done.completeExceptionally(fault);
  }

  /** When nobody reads the bytes any more. */
  synchronized void release() {
    done.cancel(false);
    memory.give(taken);
    taken = 0;
  }
}
