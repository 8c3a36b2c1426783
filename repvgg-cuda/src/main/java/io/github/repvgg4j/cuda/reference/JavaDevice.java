package io.github.repvgg4j.cuda.reference;

import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.DeviceEvent;
import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.DeviceStream;
import io.github.repvgg4j.cuda.device.LayerMath;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.PinnedMemory;
import io.github.repvgg4j.cuda.device.Span;
import io.github.repvgg4j.cuda.device.VectorMath;
import io.github.repvgg4j.cuda.reference.Order.Worker;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * A device in plain Java. Work is done at once, and {@link Order} judges whether a device that does
 * it later and side by side could have seen something else: use after free, double free, memory
 * read or overwritten without waiting are an {@link IllegalStateException}; so is, in {@link
 * #close}, what was not freed.
 */
public final class JavaDevice implements CudaDevice {

  private final Order order = new Order();
  private final Set<AutoCloseable> given = Collections.newSetFromMap(new IdentityHashMap<>());
  private final LayerMath layers = new JavaLayers(this);
  private final VectorMath vectors = new JavaVectors(this);
  private final JavaStream computing = new JavaStream(Worker.COMPUTING);
  private final JavaStream copying = new JavaStream(Worker.COPYING);
  private boolean closed;

  private record JavaStream(Worker worker) implements DeviceStream {}

  private final class JavaEvent implements DeviceEvent {
    private long[] knowledge = order.knowledge(Worker.HOST);
    private boolean closed;

    @Override
    public void close() {
      if (closed) {
        throw new IllegalStateException("an event is destroyed twice");
      }
      requireOpen();
      closed = true;
      forget(this);
    }
  }

  Order order() {
    return order;
  }

  void forget(AutoCloseable closed) {
    given.remove(closed);
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the device is used after it was closed");
    }
  }

  <T extends AutoCloseable> T give(T handle) {
    requireOpen();
    given.add(handle);
    return handle;
  }

  /** Memory, plans and events that are not closed yet. */
  public int open() {
    return given.size();
  }

  @Override
  public String description() {
    return "plain Java in a CUDA card's place";
  }

  @Override
  public DeviceMemory allocate(NumberFormat format, long elements) {
    return give(new JavaMemory(this, format, Math.toIntExact(elements)));
  }

  @Override
  public PinnedMemory pin(int elements) {
    return give(new JavaPinned(this, elements));
  }

  @Override
  public DeviceEvent newEvent() {
    return give(new JavaEvent());
  }

  @Override
  public DeviceStream computing() {
    return computing;
  }

  @Override
  public DeviceStream copying() {
    return copying;
  }

  @Override
  public void upload(DeviceStream stream, PinnedMemory from, Span to) {
    Worker worker = begin(stream);
    JavaPinned pinned = (JavaPinned) from;
    pinned.accesses().read(worker);
    array(worker, to, true);
    store(pinned.values(), 0, to);
  }

  @Override
  public void download(DeviceStream stream, Span from, PinnedMemory to) {
    Worker worker = begin(stream);
    JavaPinned pinned = (JavaPinned) to;
    pinned.accesses().write(worker);
    float[] values = array(worker, from, false);
    System.arraycopy(
        values, (int) from.offset(), pinned.values(), 0, Math.toIntExact(from.length()));
  }

  private static void store(float[] from, int start, Span to) {
    float[] values = ((JavaMemory) to.memory()).values();
    for (int i = 0; i < to.length(); i++) {
      values[(int) to.offset() + i] = Rounding.stored(to.format(), from[start + i]);
    }
  }

  /** The whole array behind a span, after a check of who may touch it. */
  float[] array(Worker worker, Span span, boolean write) {
    JavaMemory memory = (JavaMemory) span.memory();
    if (memory.device() != this) {
      throw new IllegalStateException("memory of another device");
    }
    float[] values = memory.values();
    if (write) {
      memory.accesses().write(worker);
    } else {
      memory.accesses().read(worker);
    }
    return values;
  }

  private Worker begin(DeviceStream stream) {
    requireOpen();
    Worker worker = ((JavaStream) stream).worker();
    order.begin(worker);
    return worker;
  }

  @Override
  public void record(DeviceEvent event, DeviceStream stream) {
    event(event).knowledge = order.knowledge(begin(stream));
  }

  @Override
  public void await(DeviceStream stream, DeviceEvent event) {
    order.learn(begin(stream), event(event).knowledge);
  }

  @Override
  public void synchronize(DeviceEvent event) {
    requireOpen();
    order.learn(Worker.HOST, event(event).knowledge);
  }

  @Override
  public void synchronize(DeviceStream stream) {
    requireOpen();
    order.learn(Worker.HOST, order.knowledge(((JavaStream) stream).worker()));
  }

  private static JavaEvent event(DeviceEvent event) {
    JavaEvent own = (JavaEvent) event;
    if (own.closed) {
      throw new IllegalStateException("an event is used after it was destroyed");
    }
    return own;
  }

  @Override
  public LayerMath layers() {
    return layers;
  }

  @Override
  public VectorMath vectors() {
    return vectors;
  }

  @Override
  public void close() {
    requireOpen();
    closed = true;
    if (!given.isEmpty()) {
      throw new IllegalStateException(given.size() + " pieces of the device were not freed");
    }
  }
}
