package io.github.repvgg4j.cuda.device;

/**
 * Float32 numbers of the host that the device copies from and to by itself. The host touches them
 * only when no copy of theirs is under way: {@link CudaDevice#synchronize(DeviceEvent)} first.
 */
public interface PinnedMemory extends AutoCloseable {

  /** How many numbers. */
  int elements();

  /** Writes all values, the first to {@code at}. */
  void write(int at, float[] values);

  /** The first so many numbers. */
  float[] read(int count);

  @Override
  void close();
}
