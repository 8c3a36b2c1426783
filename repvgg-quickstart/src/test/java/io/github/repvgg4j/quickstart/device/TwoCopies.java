package io.github.repvgg4j.quickstart.device;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.Indexer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.pointers.PagedPointer;
import org.nd4j.linalg.cpu.nativecpu.buffer.FloatBuffer;

/**
 * Float32 numbers of which this project sees a copy on the host, as nd4j-cuda-11.6 keeps one
 * ({@code BaseCudaDataBuffer}): made when first asked for, brought up to date by {@code asNio} and
 * by the affinity manager only, and forgotten unless it is marked as the newer one. ND4J itself,
 * whose own methods do all that, sees the numbers it computes with.
 */
final class TwoCopies extends FloatBuffer {

  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  /** Of the whole of an original buffer; views have none. Null until it is first needed. */
  private FloatPointer host;

  TwoCopies(long length, boolean initialize) {
    super(length, initialize);
  }

  TwoCopies(long length, boolean initialize, MemoryWorkspace workspace) {
    super(length, initialize, workspace);
  }

  TwoCopies(int length, int elementSize, long offset) {
    super(length, elementSize, offset);
  }

  TwoCopies(float[] data, boolean copy, long offset) {
    super(data, copy, offset);
  }

  TwoCopies(float[] data, boolean copy) {
    super(data, copy);
  }

  TwoCopies(float[] data, boolean copy, MemoryWorkspace workspace) {
    super(data, copy, workspace);
  }

  TwoCopies(float[] data, boolean copy, long offset, MemoryWorkspace workspace) {
    super(data, copy, offset, workspace);
  }

  TwoCopies(ByteBuffer buffer, DataType dataType, long length, long offset) {
    super(buffer, dataType, length, offset);
  }

  TwoCopies(Pointer pointer, Indexer indexer, long length) {
    super(pointer, indexer, length);
  }

  TwoCopies(DataBuffer underlyingBuffer, long length, long offset) {
    super(underlyingBuffer, length, offset);
    whole().host(); // CUDA makes the host's copy when the first view is taken
  }

  static boolean isOfThisProject(Class<?> caller) {
    return caller.getName().startsWith("io.github.repvgg4j.")
        && caller.getPackage() != TwoCopies.class.getPackage();
  }

  private TwoCopies whole() {
    return originalDataBuffer() instanceof TwoCopies original ? original : this;
  }

  private synchronized FloatPointer host() {
    if (host == null) {
      host = new FloatPointer(underlyingLength());
      Pointer.memset(host, 0xff, bytes()); // NaN: what nobody has brought here is nothing
    }
    return host;
  }

  private long bytes() {
    return underlyingLength() * Float.BYTES;
  }

  /** Device to host, of the whole. */
  void bringToHost() {
    TwoCopies whole = whole();
    Pointer.memcpy(whole.host(), whole.ptrDataBuffer.primaryBuffer(), whole.bytes());
  }

  /** The host's copy is the newer one: to the device, of the whole. */
  void takeFromHost() {
    TwoCopies whole = whole();
    Pointer.memcpy(whole.ptrDataBuffer.primaryBuffer(), whole.host(), whole.bytes());
  }

  @Override
  public java.nio.FloatBuffer asNioFloat() {
    if (!isOfThisProject(STACK.getCallerClass())) {
      return super.asNioFloat();
    }
    bringToHost();
    return whole().host().asBuffer().position((int) offset());
  }

  @Override
  public ByteBuffer asNio() {
    if (!isOfThisProject(STACK.getCallerClass())) {
      return super.asNio();
    }
    bringToHost();
    return whole().host().asByteBuffer().position((int) offset() * Float.BYTES);
  }

  @Override
  public Pointer addressPointer() {
    if (!isOfThisProject(STACK.getCallerClass())) {
      return super.addressPointer();
    }
    FloatPointer copy = whole().host;
    return copy == null ? null : new PagedPointer(copy.address() + offset() * Float.BYTES);
  }

  @Override
  public long address() {
    if (!isOfThisProject(STACK.getCallerClass())) {
      return super.address();
    }
    return whole().host.address() + offset() * Float.BYTES;
  }

  @Override
  public Pointer pointer() {
    return isOfThisProject(STACK.getCallerClass()) ? whole().host() : super.pointer();
  }

  @Override
  protected DataBuffer create(long length) {
    return new TwoCopies(length, true);
  }

  @Override
  public DataBuffer create(float[] data) {
    return new TwoCopies(data, true);
  }
}
