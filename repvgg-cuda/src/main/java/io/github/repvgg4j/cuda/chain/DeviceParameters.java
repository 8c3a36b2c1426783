package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.accelerate.chain.ChainNode.Slice;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.PinnedMemory;
import io.github.repvgg4j.cuda.device.Span;

/**
 * Parameters and gradient on the device: float32, and in bfloat16 what convolutions read and write
 * of them.
 */
final class DeviceParameters implements AutoCloseable {

  private final CudaDevice device;
  private final DeviceLayout layout;
  private final NumberFormat format;
  private final MemoryPool pool;
  private final DeviceMemory values;
  private final DeviceMemory gradient;
  private final DeviceMemory roundKernels;
  private final DeviceMemory roundGradient;

  /**
   * @param format of the convolutions
   */
  DeviceParameters(CudaDevice device, DeviceLayout layout, NumberFormat format) {
    this.device = device;
    this.layout = layout;
    this.format = format;
    this.pool = new MemoryPool(device);
    try {
      this.values = vector();
      this.gradient = vector();
      this.roundKernels = round();
      this.roundGradient = round();
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  private DeviceMemory round() {
    long kernels = layout.kernels(values).length();
    return format == NumberFormat.FLOAT32 ? null : pool.take(format, kernels);
  }

  /** Another vector that lies like the parameters, of zeros. */
  DeviceMemory vector() {
    return pool.take(NumberFormat.FLOAT32, layout.elements());
  }

  DeviceLayout layout() {
    return layout;
  }

  /** Float32, in the device's order. */
  DeviceMemory values() {
    return values;
  }

  /** Float32, in the device's order. */
  DeviceMemory gradient() {
    return gradient;
  }

  Span value(Slice slice) {
    return layout.span(values, slice);
  }

  Span gradient(Slice slice) {
    return layout.span(gradient, slice);
  }

  /** As convolutions read it. */
  Span kernel(Slice slice) {
    return layout.span(roundKernels == null ? values : roundKernels, slice);
  }

  /** As convolutions write it. */
  Span kernelGradient(Slice slice) {
    return layout.span(roundGradient == null ? gradient : roundGradient, slice);
  }

  /** Before a step's first convolution. */
  void roundKernels() {
    if (roundKernels != null) {
      device.vectors().convert(layout.kernels(values), roundKernels.all());
    }
  }

  /** After a step's last convolution. */
  void widenGradient() {
    if (roundGradient != null) {
      device.vectors().convert(roundGradient.all(), layout.kernels(gradient));
    }
  }

  /**
   * Copies to the device and waits for it.
   *
   * @param flat in the graph's order
   */
  void put(float[] flat, DeviceMemory vector) {
    float[] ordered = layout.toDevice(flat);
    try (PinnedMemory staging = device.pin(ordered.length)) {
      staging.write(0, ordered);
      device.upload(device.computing(), staging, vector.all());
      device.synchronize(device.computing());
    }
  }

  /** In the graph's order; waits for the device. */
  float[] get(DeviceMemory vector) {
    int count = Math.toIntExact(vector.elements());
    try (PinnedMemory staging = device.pin(count)) {
      device.download(device.computing(), vector.all(), staging);
      device.synchronize(device.computing());
      return layout.toGraph(staging.read(count));
    }
  }

  long bytes() {
    return pool.bytes();
  }

  @Override
  public void close() {
    pool.close();
  }
}
