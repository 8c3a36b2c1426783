package io.github.repvgg4j.cuda.device;

/** A point in a stream's work that other streams and the host can wait for. */
public interface DeviceEvent extends AutoCloseable {

  @Override
  void close();
}
