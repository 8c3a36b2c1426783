package io.github.repvgg4j.serve.batch;

import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.spec.InputShape;
import java.util.concurrent.atomic.AtomicBoolean;

/** One image on its way through a network. */
public final class Row {

  /** Hears what became of it, once. */
  public interface Listener {

    /**
     * @param logits {@code [classes]}, float32; the listener's
     */
    void computed(float[] logits, RowTimes times);

    void failed(RequestFault fault);
  }

  private volatile float[] values;
  private final int offset;
  private final InputShape shape;
  private final long arrivedNanos;
  private final Listener listener;
  private final AtomicBoolean settled = new AtomicBoolean();
  private long readyNanos;

  /**
   * @param values float32, of which {@code [C, H, W]} from {@code offset} on are this image; not
   *     changed
   * @param arrivedNanos when its request came, of {@link System#nanoTime}
   */
  public Row(float[] values, int offset, InputShape shape, long arrivedNanos, Listener listener) {
    this.values = values;
    this.offset = offset;
    this.shape = shape;
    this.arrivedNanos = arrivedNanos;
    this.listener = listener;
  }

  /** Null for a row that failed: what waits behind others holds no memory. */
  float[] values() {
    return values;
  }

  int offset() {
    return offset;
  }

  InputShape shape() {
    return shape;
  }

  long arrivedNanos() {
    return arrivedNanos;
  }

  long readyNanos() {
    return readyNanos;
  }

  void ready(long nanos) {
    readyNanos = nanos;
  }

  /** Whether nobody waits for it any more. */
  public boolean settled() {
    return settled.get();
  }

  /** Nobody waits for it any more: the deadline is over, or the sender has gone. */
  public void fail(RequestFault fault) {
    if (settled.compareAndSet(false, true)) {
      values = null;
      listener.failed(fault);
    }
  }

  void complete(float[] logits, RowTimes times) {
    if (settled.compareAndSet(false, true)) {
      listener.computed(logits, times);
    }
  }
}
