package io.github.repvgg4j.weights;

import java.util.List;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;

/**
 * One parameter array of a network and the tensor that it is in other frameworks.
 *
 * @param tensor name of the tensor
 * @param shape of the tensor, as PyTorch has it
 * @param layer name of the layer in the DL4J network
 * @param parameter its key there
 * @param layout how the two arrays relate
 */
record TensorSlot(String tensor, List<Long> shape, String layer, String parameter, Layout layout) {

  enum Layout {
    /** The same numbers in row-major order. */
    ROW_MAJOR,
    /** A matrix, transposed. */
    TRANSPOSED,
    /** A depthwise kernel: {@code [kH, kW, in, out / in]} in the network. */
    TAPS_FIRST,
    /** No parameter in DL4J: BatchNorm's count of batches. */
    BATCH_COUNT
  }

  /** Whether it is BatchNorm's running variance. */
  boolean isVariance() {
    return parameter.equals(BatchNormalizationParamInitializer.GLOBAL_VAR);
  }

  long length() {
    return shape.stream().reduce(1L, (a, b) -> a * b);
  }
}
