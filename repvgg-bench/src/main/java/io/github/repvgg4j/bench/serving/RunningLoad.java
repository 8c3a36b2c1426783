package io.github.repvgg4j.bench.serving;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A load that goes on while something happens to the server. */
final class RunningLoad {

  private final CompletableFuture<LoadResult> result = new CompletableFuture<>();

  private volatile boolean stopped;

  private RunningLoad() {}

  static RunningLoad start(Load load) {
    RunningLoad running = new RunningLoad();
    new Thread(() -> running.run(load), "load").start();
    return running;
  }

  private void run(Load load) {
    try {
      result.complete(load.run(() -> stopped));
    } catch (InterruptedException | RuntimeException e) {
      result.completeExceptionally(e);
    }
  }

  /** No more requests; those under way are answered. */
  void stop() {
    stopped = true;
  }

  boolean isDone() {
    return result.isDone();
  }

  /** Waits for its end. */
  LoadResult result() throws InterruptedException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
