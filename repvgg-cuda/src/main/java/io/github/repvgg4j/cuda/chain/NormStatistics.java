package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.accelerate.chain.ChainNode;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.PinnedMemory;
import io.github.repvgg4j.cuda.device.Span;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The running statistics' step, {@code (1 - decay) (running - batch)}, in the gradient's place as
 * Deeplearning4j hands it over. cuDNN's batch variance is the unbiased one, Deeplearning4j's the
 * biased: {@code (m - 1) / m} of it for m values a channel.
 */
final class NormStatistics {

  private final CudaDevice device;
  private final DeviceParameters parameters;
  private final Span running;
  private final Span batch;
  private final Span ofRunning;
  private final Span ofBatch;
  private final Span scratch;

  /**
   * @param perChannel m by norm
   */
  NormStatistics(
      CudaDevice device,
      MemoryPool pool,
      DeviceParameters parameters,
      List<ChainNode.Norm> norms,
      Map<String, Long> perChannel) {
    this.device = device;
    this.parameters = parameters;
    DeviceLayout layout = parameters.layout();
    this.running = layout.statistics(parameters.values());
    this.batch = layout.statistics(parameters.gradient());
    int length = Math.toIntExact(running.length());
    this.ofRunning = pool.take(NumberFormat.FLOAT32, length).span(0, length);
    this.ofBatch = pool.take(NumberFormat.FLOAT32, length).span(0, length);
    this.scratch = pool.take(NumberFormat.FLOAT32, length).span(0, length);
    float[] runningShare = new float[length];
    float[] batchShare = new float[length];
    for (ChainNode.Norm norm : norms) {
      double share = 1 - norm.decay();
      double count = perChannel.get(norm.name());
      fill(runningShare, norm.mean(), share);
      fill(runningShare, norm.variance(), share);
      fill(batchShare, norm.mean(), share);
      fill(batchShare, norm.variance(), share * (count - 1) / count);
    }
    upload(runningShare, ofRunning);
    upload(batchShare, ofBatch);
  }

  private void fill(float[] shares, ChainNode.Slice slice, double share) {
    int from = parameters.layout().withinStatistics(slice);
    Arrays.fill(shares, from, from + (int) slice.length(), (float) share);
  }

  private void upload(float[] shares, Span to) {
    try (PinnedMemory staging = device.pin(shares.length)) {
      staging.write(0, shares);
      device.upload(device.computing(), staging, to);
      device.synchronize(device.computing());
    }
  }

  /** From the batch's statistics, which lie in the gradient, to the running ones' step. */
  void toSteps() {
    device.vectors().multiplyEntries(1, batch, ofBatch, scratch, 0);
    device.vectors().multiplyEntries(1, running, ofRunning, batch, 0);
    device.vectors().axpy(-1, scratch, batch);
  }
}
