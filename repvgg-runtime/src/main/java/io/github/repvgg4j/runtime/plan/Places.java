package io.github.repvgg4j.runtime.plan;

import java.util.concurrent.Semaphore;

/** The cores that calls compute on, each on as many as it has threads; the others wait in order. */
final class Places {

  /** The cores are the process's, whichever network computes. */
  static final Places OF_PROCESS = new Places();

  private final int cores;
  private final Semaphore free;

  private Places() {
    cores = Runtime.getRuntime().availableProcessors();
    free = new Semaphore(cores, true);
  }

  /**
   * @param threads of the work; more than there are cores take all of them
   */
  void run(int threads, Runnable work) {
    int share = Math.min(threads, cores);
    free.acquireUninterruptibly(share);
    try {
      work.run();
    } finally {
      free.release(share);
    }
  }
}
