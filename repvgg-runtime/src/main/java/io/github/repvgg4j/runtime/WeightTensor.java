package io.github.repvgg4j.runtime;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;

/**
 * One array of weights, first as DL4J has it, then only in the layouts that plans ask for. Plans of
 * different batch sizes share a layout; a further one is packed from an earlier one.
 */
final class WeightTensor implements AutoCloseable {

  private final OneDnn oneDnn;
  private final long[] dims;
  private final List<Packed> packed = new ArrayList<>();
  private memory plain;
  private Pointer plainData;

  private record Packed(memory.desc layout, memory data) {}

  /**
   * @param data float32 in C order; taken over
   * @param dims its axes
   */
  WeightTensor(OneDnn oneDnn, Pointer data, long... dims) {
    this.oneDnn = oneDnn;
    this.dims = dims.clone();
    this.plainData = data;
    try (memory.desc layout = OneDnn.plain(memory.data_type.f32, dims)) {
      this.plain = oneDnn.view(layout, data);
    }
    plain.retainReference();
    data.retainReference();
  }

  long[] dims() {
    return dims.clone();
  }

  /** The weights in one layout and data type; belongs to this tensor. */
  synchronized memory in(memory.desc layout) {
    for (Packed known : packed) {
      if (known.layout().equals(layout)) {
        return known.data();
      }
    }
    memory data = oneDnn.allocate(layout);
    oneDnn.copy(plain != null ? plain : packed.get(0).data(), data);
    data.retainReference();
    memory.desc kept = data.get_desc();
    kept.retainReference();
    packed.add(new Packed(kept, data));
    releasePlain();
    return data;
  }

  /** Bytes held now, all layouts together. */
  synchronized long bytes() {
    long sum = plain == null ? 0 : plainData.limit() * (long) plainData.sizeof();
    for (Packed known : packed) {
      sum += known.layout().get_size();
    }
    return sum;
  }

  private void releasePlain() {
    if (plain != null) {
      plain.releaseReference();
      plainData.releaseReference();
      plain = null;
      plainData = null;
    }
  }

  @Override
  public synchronized void close() {
    for (Packed known : packed) {
      known.data().releaseReference();
      known.layout().releaseReference();
    }
    packed.clear();
    releasePlain();
  }
}
