package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.serving.Connection.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * So many connections that send one request after another for a while.
 *
 * @param calls sent in turns
 * @param connections each with a thread
 */
record Load(URI server, List<Call> calls, int connections, Pace pace) {

  private static final int TIMEOUT_MILLIS = 60_000;

  Load {
    calls = List.copyOf(calls);
  }

  /**
   * When requests are sent.
   *
   * @param seconds after which none is sent any more
   * @param requests after which none is sent any more
   * @param requestsPerSecond of all connections together, evenly spaced, whether or not the server
   *     keeps up: a request's time runs from when it should have been sent; 0 to send as soon as
   *     there is an answer
   */
  record Pace(double seconds, long requests, double requestsPerSecond) {

    static Pace fullFor(double seconds) {
      return new Pace(seconds, Long.MAX_VALUE, 0);
    }

    static Pace steadyFor(double seconds, double requestsPerSecond) {
      return new Pace(seconds, Long.MAX_VALUE, requestsPerSecond);
    }

    static Pace full(long requests) {
      return new Pace(1e9, requests, 0);
    }

    /** When request {@code number} is due, in nanoseconds after the start; 0 for at once. */
    private long dueNanos(long number) {
      return requestsPerSecond > 0 ? (long) (number * 1e9 / requestsPerSecond) : 0;
    }
  }

  Load at(Pace newPace) {
    return new Load(server, calls, connections, newPace);
  }

  /** Runs it to its end. */
  LoadResult run() throws InterruptedException {
    return run(() -> false);
  }

  /** The same, or until it is told to stop. */
  LoadResult run(BooleanSupplier stopped) throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(connections);
    AtomicLong next = new AtomicLong();
    long start = System.nanoTime();
    List<Future<LoadResult>> parts = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      parts.add(pool.submit(() -> send(start, next, stopped)));
    }
    LoadResult sum = new LoadResult();
    for (Future<LoadResult> part : parts) {
      sum.add(get(part));
    }
    pool.shutdown();
    sum.took((System.nanoTime() - start) / 1e9);
    return sum;
  }

  private static LoadResult get(Future<LoadResult> part) throws InterruptedException {
    try {
      return part.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private LoadResult send(long start, AtomicLong next, BooleanSupplier stopped) {
    LoadResult result = new LoadResult();
    Connection connection = null;
    long end = start + (long) (pace.seconds() * 1e9);
    for (long number = next.getAndIncrement();
        number < pace.requests();
        number = next.getAndIncrement()) {
      long due = start + pace.dueNanos(number);
      waitUntil(due);
      long begin = due > start ? due : System.nanoTime();
      if (begin >= end || stopped.getAsBoolean()) {
        break;
      }
      connection = send(calls.get((int) (number % calls.size())), begin, connection, result);
    }
    closed(connection);
    return result;
  }

  /** The connection for the next request; null where it needs a new one. */
  private Connection send(Call call, long begin, Connection kept, LoadResult result) {
    Connection connection = kept;
    try {
      connection = connection == null ? new Connection(server, TIMEOUT_MILLIS) : connection;
      Answer answer = connection.exchange(call.request());
      result.answer(answer, System.nanoTime() - begin, call);
      return answer.keepsConnection() ? connection : closed(connection);
    } catch (IOException e) {
      result.failure(e);
      return closed(connection);
    }
  }

  private static void waitUntil(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static Connection closed(Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        return null; // it is gone either way
      }
    }
    return null;
  }
}
