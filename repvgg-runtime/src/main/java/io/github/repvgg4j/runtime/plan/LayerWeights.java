package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Memory;
import io.github.repvgg4j.onednn.program.PackedWeights;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.source.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of one layer, off-heap.
 *
 * @param arrays in the order of {@link FastLayer#arrays()}
 */
record LayerWeights(List<PackedWeights> arrays) implements AutoCloseable {

  /** Takes the layer's share of the parameter vector. */
  static LayerWeights read(FastLayer layer, Parameters parameters) throws IOException {
    List<PackedWeights> arrays = new ArrayList<>();
    try {
      for (long[] dims : layer.arrays()) {
        Memory numbers = Memory.allocate(Layout.plain(DataType.F32, dims));
        arrays.add(new PackedWeights(numbers));
        parameters.read(numbers.floats());
        layer.arrange(arrays.size() - 1, numbers.floats());
      }
      return new LayerWeights(List.copyOf(arrays));
    } catch (IOException | RuntimeException e) {
      arrays.forEach(PackedWeights::close);
      throw e;
    }
  }

  long bytes() {
    return arrays.stream().mapToLong(PackedWeights::bytes).sum();
  }

  /** Frees the layouts that no plan uses. */
  void trim() {
    arrays.forEach(PackedWeights::trim);
  }

  @Override
  public void close() {
    arrays.forEach(PackedWeights::close);
  }
}
