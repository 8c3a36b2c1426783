package io.github.repvgg4j.serve.http;

import java.util.concurrent.atomic.AtomicLong;

/** The bound on the bytes of all bodies that are in the server at once. */
final class BodyMemory {

  private final long limit;
  private final AtomicLong used = new AtomicLong();

  BodyMemory(long limit) {
    this.limit = limit;
  }

  long limit() {
    return limit;
  }

  boolean take(long bytes) {
    if (used.addAndGet(bytes) <= limit) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  void give(long bytes) {
    used.addAndGet(-bytes);
  }

  long used() {
    return used.get();
  }
}
