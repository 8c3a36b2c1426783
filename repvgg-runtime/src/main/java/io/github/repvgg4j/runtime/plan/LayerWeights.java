package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
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

  /** Of a layer that computes in integers: weights S8, bias S32. */
  static LayerWeights of(FastLayer layer, QuantizedLayer numbers, Codes read) {
    int[] bias = hasZeroPointInBias(layer) ? shifted(numbers, read.zeroPoint()) : numbers.bias();
    List<PackedWeights> arrays = new ArrayList<>();
    for (long[] dims : layer.arrays()) {
      boolean vector = dims.length == 1;
      Memory memory = Memory.allocate(Layout.plain(vector ? DataType.S32 : DataType.S8, dims));
      arrays.add(new PackedWeights(memory));
      if (vector) {
        memory.bytes().asIntBuffer().put(bias);
      } else {
        memory.bytes().put(numbers.weights());
      }
    }
    return new LayerWeights(List.copyOf(arrays));
  }

  /**
   * Whether the source's zero point is taken off in the bias, once, and not by the kernel: where no
   * padding is in the way, of which kernels know no other than 0.
   */
  static boolean hasZeroPointInBias(FastLayer layer) {
    return layer instanceof FastLayer.Dense
        || layer instanceof FastLayer.Convolution convolution
            && convolution.window().padding() == 0;
  }

  private static int[] shifted(QuantizedLayer numbers, int zeroPoint) {
    int[] bias = numbers.bias().clone();
    int length = numbers.weights().length / bias.length;
    for (int i = 0; i < numbers.weights().length; i++) {
      bias[i / length] -= zeroPoint * numbers.weights()[i];
    }
    return bias;
  }

  long bytes() {
    return arrays.stream().mapToLong(PackedWeights::bytes).sum();
  }

  /** Copies in C order. */
  List<float[]> numbers() {
    return arrays.stream().map(PackedWeights::numbers).toList();
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
