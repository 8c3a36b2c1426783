package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.DeviceEvent;
import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.ImageShape;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.PinnedMemory;
import io.github.repvgg4j.cuda.device.Span;
import java.util.ArrayDeque;
import java.util.Deque;

/** Batches on their way to the device: one that is computed and two that are uploaded beside it. */
final class InputSlots implements AutoCloseable {

  /** Batches that can be staged before the first of them is taken. */
  static final int AHEAD = 2;

  private final CudaDevice device;
  private final Deque<Slot> free = new ArrayDeque<>();
  private final Deque<Slot> staged = new ArrayDeque<>();
  private Slot taken;

  InputSlots(CudaDevice device) {
    this.device = device;
    for (int i = 0; i <= AHEAD; i++) {
      free.add(new Slot());
    }
  }

  /** Place for one batch, on both sides. */
  final class Slot {
    private final DeviceEvent uploaded = device.newEvent();
    private final DeviceEvent consumed = device.newEvent();
    private PinnedMemory pinned;
    private DeviceMemory memory;
    private ImageShape shape;
    private int targets;

    ImageShape shape() {
      return shape;
    }

    /** {@code [N, C, H, W]}. */
    Span images() {
      return memory.span(0, shape.elements());
    }

    /** {@code [N, classes]}. */
    Span targets() {
      return memory.span(shape.elements(), targets);
    }

    private void fill(ImageShape newShape, float[] images, float[] newTargets) {
      device.synchronize(uploaded); // the last copy out of the pinned memory is done
      int total = Math.toIntExact(newShape.elements()) + newTargets.length;
      if (pinned == null || pinned.elements() < total) {
        device.synchronize(consumed);
        freeMemory();
        pinned = device.pin(total);
        memory = device.allocate(NumberFormat.FLOAT32, total);
      }
      shape = newShape;
      targets = newTargets.length;
      pinned.write(0, images);
      pinned.write(images.length, newTargets);
      device.await(device.copying(), consumed);
      device.upload(device.copying(), pinned, memory.span(0, total));
      device.record(uploaded, device.copying());
    }

    private void freeMemory() {
      if (pinned != null) {
        pinned.close();
        memory.close();
        pinned = null;
      }
    }
  }

  int staged() {
    return staged.size();
  }

  /**
   * Starts the upload of a batch; the arrays may change afterwards.
   *
   * @param images {@code [N, C, H, W]}
   * @param targets {@code [N, classes]}
   */
  void stage(ImageShape shape, float[] images, float[] targets) {
    if (free.isEmpty()) {
      throw new IllegalStateException(staged.size() + " batches are staged already");
    }
    Slot slot = free.remove();
    slot.fill(shape, images, targets);
    staged.add(slot);
  }

  /** Shape of the oldest batch. */
  ImageShape next() {
    return staged.element().shape;
  }

  /** The oldest batch; what is computed from now on finds it on the device. */
  Slot take() {
    taken = staged.remove();
    device.await(device.computing(), taken.uploaded);
    return taken;
  }

  /** All that reads the batch was given to the device. */
  void consumed() {
    device.record(taken.consumed, device.computing());
    free.add(taken);
    taken = null;
  }

  /** Forgets what was staged. */
  void drop() {
    free.addAll(staged);
    staged.clear();
  }

  @Override
  public void close() {
    drop();
    device.synchronize(device.copying());
    device.synchronize(device.computing());
    for (Slot slot : free) {
      slot.freeMemory();
      slot.uploaded.close();
      slot.consumed.close();
    }
    free.clear();
  }
}
