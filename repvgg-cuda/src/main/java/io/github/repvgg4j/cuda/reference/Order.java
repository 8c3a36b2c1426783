package io.github.repvgg4j.cuda.reference;

import java.util.Arrays;

/**
 * Who may know of whose work: vector clocks of the host and the two streams (Lamport's happened
 * before). A stream knows what the host knew when it gave the work; events and synchronisation pass
 * knowledge on.
 */
final class Order {

  /** Who works. */
  enum Worker {
    HOST,
    COMPUTING,
    COPYING
  }

  private static final int WORKERS = Worker.values().length;

  private final long[][] known = new long[WORKERS][WORKERS];

  /** The worker's next piece of work. */
  void begin(Worker worker) {
    if (worker != Worker.HOST) {
      learn(worker, known[Worker.HOST.ordinal()]);
    }
    known[worker.ordinal()][worker.ordinal()]++;
  }

  /** What the worker knows by now. */
  long[] knowledge(Worker worker) {
    return known[worker.ordinal()].clone();
  }

  void learn(Worker worker, long[] knowledge) {
    long[] own = known[worker.ordinal()];
    for (int i = 0; i < WORKERS; i++) {
      own[i] = Math.max(own[i], knowledge[i]);
    }
  }

  /** Last write and reads of a piece of memory. */
  final class Accesses {
    private final String what;
    private final long[] writes = new long[WORKERS];
    private final long[] reads = new long[WORKERS];

    Accesses(String what) {
      this.what = what;
    }

    void read(Worker worker) {
      require(worker, writes, "reads", "wrote");
      reads[worker.ordinal()] = known[worker.ordinal()][worker.ordinal()];
    }

    void write(Worker worker) {
      require(worker, writes, "writes", "wrote");
      require(worker, reads, "writes", "reads");
      writes[worker.ordinal()] = known[worker.ordinal()][worker.ordinal()];
      Arrays.fill(reads, 0);
    }

    private void require(Worker worker, long[] accesses, String verb, String other) {
      for (Worker before : Worker.values()) {
        if (before != worker
            && accesses[before.ordinal()] > known[worker.ordinal()][before.ordinal()]) {
          throw new IllegalStateException(
              worker
                  + " "
                  + verb
                  + " "
                  + what
                  + " without waiting: "
                  + before
                  + " "
                  + other
                  + " it");
        }
      }
    }

    /** What nobody may use any more. */
    void free() {
      write(Worker.HOST);
    }
  }
}
