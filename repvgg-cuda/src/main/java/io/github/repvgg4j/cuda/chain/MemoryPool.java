package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.NumberFormat;
import java.util.ArrayList;
import java.util.List;

/** Device memory of a plan; what is given back while it is planned serves again. */
final class MemoryPool implements AutoCloseable {

  private final CudaDevice device;
  private final List<DeviceMemory> all = new ArrayList<>();
  private final List<DeviceMemory> free = new ArrayList<>();

  MemoryPool(CudaDevice device) {
    this.device = device;
  }

  /** At least so much; what lay in it is of no meaning. */
  DeviceMemory take(NumberFormat format, long elements) {
    DeviceMemory best = null;
    for (DeviceMemory memory : free) {
      boolean fits = memory.format() == format && memory.elements() >= elements;
      if (fits && (best == null || memory.elements() < best.elements())) {
        best = memory;
      }
    }
    if (best != null) {
      free.remove(best);
      return best;
    }
    DeviceMemory memory = device.allocate(format, elements);
    all.add(memory);
    return memory;
  }

  void giveBack(DeviceMemory memory) {
    free.add(memory);
  }

  long bytes() {
    return all.stream().mapToLong(memory -> memory.elements() * memory.format().bytes()).sum();
  }

  @Override
  public void close() {
    all.forEach(DeviceMemory::close);
    all.clear();
    free.clear();
  }
}
