package io.github.repvgg4j.rewrite.plan;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Work on things that share nothing, as many at a time as there are processors and heap for. The
 * results are those of one after the other.
 */
final class SideBySide {

  /** For less than this, starting threads takes longer than they save. */
  private static final long WORTHWHILE_BYTES = 1 << 26;

  private SideBySide() {}

  /**
   * One result for each thing, in their order.
   *
   * @param heapBytes what the work on one takes
   * @param work must be safe for use by several threads; what it throws is thrown
   */
  static <T, R> List<R> map(List<T> things, ToLongFunction<T> heapBytes, Function<T, R> work) {
    int workers = workers(things, heapBytes);
    if (workers == 1) {
      return things.stream().map(work).toList();
    }
    ExecutorService pool = Executors.newFixedThreadPool(workers);
    try {
      List<CompletableFuture<R>> results =
          things.stream()
              .map(thing -> CompletableFuture.supplyAsync(() -> work.apply(thing), pool))
              .toList();
      return results.stream().map(CompletableFuture::join).toList();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    } finally {
      pool.shutdownNow();
    }
  }

  private static <T> int workers(List<T> things, ToLongFunction<T> heapBytes) {
    long all = things.stream().mapToLong(heapBytes).sum();
    if (all < WORTHWHILE_BYTES) {
      return 1;
    }
    long largest = things.stream().mapToLong(heapBytes).max().orElse(1);
    long fitting = Math.max(1, Runtime.getRuntime().maxMemory() / 2 / largest);
    return (int)
        Math.min(Math.min(fitting, things.size()), Runtime.getRuntime().availableProcessors());
  }
}
