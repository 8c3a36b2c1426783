package io.github.repvgg4j.onednn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The threads that lead OpenMP's teams, whoever calls. GNU's OpenMP keeps a team for each thread
 * that has led one, until that thread ends; and once all teams have more threads than there are
 * cores, none waits awake any more, so that each step of a network costs a wake-up: RepVGG-A0 on
 * two cores took 10 to 14 ms instead of 6 to 8 as soon as a second thread had called. Handing over
 * costs some 0.1 ms.
 */
final class TeamLeaders {

  /** After which a leader ends, with its team. */
  private static final long IDLE_SECONDS = 5;

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /** Those without work, the one that worked last first: the others may then end. */
  private static final Deque<Leader> IDLE = new ArrayDeque<>();

  private TeamLeaders() {}

  /**
   * Has a leader run something and waits for it, whether interrupted or not. What a leader itself
   * calls it runs at once.
   *
   * @throws RuntimeException what it throws, as it is; errors too
   */
  static <T> T call(Supplier<T> work) {
    if (Thread.currentThread() instanceof Leader) {
      return work.get();
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    leader().lead(work, result);
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    }
  }

  private static Leader leader() {
    synchronized (IDLE) {
      if (!IDLE.isEmpty()) {
        return IDLE.pop();
      }
    }
    Leader leader = new Leader();
    leader.start();
    return leader;
  }

  private static final class Leader extends Thread {

    private final BlockingQueue<Runnable> next = new ArrayBlockingQueue<>(1);

    Leader() {
      super("onednn-" + NUMBERS.incrementAndGet());
      setDaemon(true);
    }

    /** Free again before the caller knows of the result, who may come back at once. */
    <T> void lead(Supplier<T> work, CompletableFuture<T> result) {
      next.add(
          () -> {
            try {
              T value = work.get();
              free();
              result.complete(value);
            } catch (RuntimeException | Error e) {
              free();
              result.completeExceptionally(e);
            }
          });
    }

    private void free() {
      synchronized (IDLE) {
        IDLE.push(this);
      }
    }

    @Override
    public void run() {
      for (Runnable work = await(); work != null; work = await()) {
        work.run();
      }
    }

    /** Null when it is to end. */
    private Runnable await() {
      while (true) {
        try {
          Runnable work = next.poll(IDLE_SECONDS, TimeUnit.SECONDS);
          if (work != null || retired()) {
            return work;
          }
        } catch (InterruptedException e) {
          // nobody's business: work that was handed over is waited for
        }
      }
    }

    /** False where somebody has just taken it and is about to hand work over. */
    private boolean retired() {
      synchronized (IDLE) {
        return IDLE.remove(this);
      }
    }
  }
}
