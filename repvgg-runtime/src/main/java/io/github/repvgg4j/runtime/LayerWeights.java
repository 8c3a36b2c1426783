package io.github.repvgg4j.runtime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of one layer, off-heap.
 *
 * @param tensors in the order of {@link FastLayer#arrays()}
 */
record LayerWeights(List<WeightTensor> tensors) implements AutoCloseable {

  /** Takes the layer's share of the parameter vector. */
  static LayerWeights read(OneDnn oneDnn, FastLayer layer, Parameters parameters)
      throws IOException {
    List<WeightTensor> tensors = new ArrayList<>();
    for (long[] dims : layer.arrays()) {
      tensors.add(new WeightTensor(oneDnn, parameters.next(FastLayer.product(dims)), dims));
    }
    return new LayerWeights(List.copyOf(tensors));
  }

  long bytes() {
    return tensors.stream().mapToLong(WeightTensor::bytes).sum();
  }

  @Override
  public void close() {
    tensors.forEach(WeightTensor::close);
  }
}
