package io.github.repvgg4j.onednn;

import java.lang.ref.Cleaner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.bytedeco.javacpp.Pointer;

/**
 * Native objects that are freed once, in reverse order: when their owner closes them, or when the
 * garbage collector finds the owner gone. For this module.
 */
public final class Owned implements AutoCloseable {

  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicLong ALIVE = new AtomicLong();

  private final Natives natives = new Natives();
  private final Cleaner.Cleanable cleanable = CLEANER.register(this, natives);

  /** Must not reach the owner, or nothing would ever be freed. */
  private static final class Natives implements Runnable {
    private final Deque<Runnable> frees = new ArrayDeque<>();

    @Override
    public synchronized void run() {
      while (!frees.isEmpty()) {
        frees.pop().run();
        ALIVE.decrementAndGet();
      }
    }
  }

  /**
   * Takes a native object over.
   *
   * @param free called once; must not reach the owner
   */
  public <P extends Pointer> P keep(P object, Consumer<P> free) {
    synchronized (natives) {
      natives.frees.push(() -> free.accept(object));
    }
    ALIVE.incrementAndGet();
    return object;
  }

  /** Native objects of all owners that are not freed yet. */
  public static long alive() {
    return ALIVE.get();
  }

  @Override
  public void close() {
    cleanable.clean();
  }
}
