package io.github.repvgg4j.onednn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Numbers off-heap in a layout. Freed once, when its maker and everyone who {@linkplain #share
 * shares} it has closed it.
 */
public final class Memory implements AutoCloseable {

  private final Owned owned = new Owned();
  private final Layout layout;
  private final View view;
  private final long address;
  private int holders = 1;

  private Memory(Layout layout, long place) {
    this.layout = layout;
    this.view = new View(owned, layout, place);
    this.address = view.place();
  }

  /** New memory, aligned to a cache line, contents undefined; the caller closes it. */
  public static Memory allocate(Layout layout) {
    return new Memory(layout, View.ALLOCATE);
  }

  /** Memory of others, who keep it alive; closing it frees nothing of theirs. */
  public static Memory at(long address, Layout layout) {
    return new Memory(layout, address);
  }

  /**
   * Where the buffer's next number lies. A sliced buffer starts at its own address; a pointer's
   * position is no byte offset.
   *
   * @param buffer direct, in native order; keep it reachable while the address is in use
   */
  public static long address(FloatBuffer buffer) {
    return new FloatPointer(buffer.slice()).address();
  }

  public Layout layout() {
    return layout;
  }

  public long address() {
    return address;
  }

  /** The bytes as floats; valid while this is open. */
  public FloatBuffer floats() {
    requireOpen();
    FloatPointer start = new FloatPointer(new Place(address));
    return start.capacity(layout.bytes() / Float.BYTES).asBuffer();
  }

  /** All bytes, in native order; valid while this is open. */
  public ByteBuffer bytes() {
    requireOpen();
    BytePointer start = new BytePointer(new Place(address));
    return start.capacity(layout.bytes()).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  private static final class Place extends Pointer {
    Place(long address) {
      this.address = address;
    }
  }

  /** This memory, which now lives until one more {@link #close}. */
  public synchronized Memory share() {
    requireOpen();
    holders++;
    return this;
  }

  /** Whether someone besides its maker holds it. */
  public synchronized boolean isShared() {
    return holders > 1;
  }

  private synchronized void requireOpen() {
    if (holders == 0) {
      throw new IllegalStateException("memory of " + layout + " is closed");
    }
  }

  /** For this module. */
  public dnnl_memory handle() {
    requireOpen();
    return view.handle();
  }

  /**
   * @throws IllegalStateException where all who held it have closed it before
   */
  @Override
  public synchronized void close() {
    requireOpen();
    holders--;
    if (holders == 0) {
      owned.close();
    }
  }
}
