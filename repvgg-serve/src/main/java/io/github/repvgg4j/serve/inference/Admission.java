package io.github.repvgg4j.serve.inference;

import java.util.concurrent.atomic.AtomicInteger;

/** The bound on images that are in the server at once. */
final class Admission {

  private final int limit;
  private final AtomicInteger inside = new AtomicInteger();

  Admission(int limit) {
    this.limit = limit;
  }

  /** Lets so many in, or none. */
  boolean enter(int images) {
    int now = inside.get();
    while (now + images <= limit) {
      if (inside.compareAndSet(now, now + images)) {
        return true;
      }
      now = inside.get();
    }
    return false;
  }

  void leave(int images) {
    inside.addAndGet(-images);
  }

  int limit() {
    return limit;
  }

  int inside() {
    return inside.get();
  }
}
