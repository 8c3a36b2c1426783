package io.github.repvgg4j.runtime.plan;

import java.util.concurrent.Semaphore;

/** How many calls compute at once; the others wait in order. */
final class Places {

  private final Semaphore free;

  Places(int number) {
    free = new Semaphore(number, true);
  }

  /** As many as the cores can feed, and one at least. */
  static Places forThreads(int threadsOfACall) {
    return new Places(Math.max(1, Runtime.getRuntime().availableProcessors() / threadsOfACall));
  }

  void run(Runnable work) {
    free.acquireUninterruptibly();
    try {
      work.run();
    } finally {
      free.release();
    }
  }
}
