package io.github.repvgg4j.cuda.device;

/**
 * One device: its memory, and in which order things happen there. Every call but the three {@code
 * synchronize} returns before its work is done. Not thread-safe. Closing it closes what it gave out
 * and was not closed.
 */
public interface CudaDevice extends AutoCloseable {

  /** Card, driver and libraries, one line. */
  String description();

  /**
   * Numbers that are zero.
   *
   * @throws CudaException there is not so much memory left
   */
  DeviceMemory allocate(NumberFormat format, long elements);

  /** Host memory for copies that run beside the work. */
  PinnedMemory pin(int elements);

  DeviceEvent newEvent();

  /** The stream that {@link #layers} and {@link #vectors} work in. */
  DeviceStream computing();

  /** The stream for uploads. */
  DeviceStream copying();

  /** From the beginning of the host's memory. */
  void upload(DeviceStream stream, PinnedMemory from, Span to);

  /** To the beginning of the host's memory. */
  void download(DeviceStream stream, Span from, PinnedMemory to);

  /** The event stands for all that the stream was given so far. */
  void record(DeviceEvent event, DeviceStream stream);

  /** What the stream is given from now on waits for the event. */
  void await(DeviceStream stream, DeviceEvent event);

  /** The host waits. */
  void synchronize(DeviceEvent event);

  /** The host waits for all that the stream was given. */
  void synchronize(DeviceStream stream);

  LayerMath layers();

  VectorMath vectors();

  @Override
  void close();
}
