package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The tensors of a RepVGG network under another implementation's names; values bit for bit. */
public final class WeightExport {

  private WeightExport() {}

  /**
   * Names to float32 tensors that read the network when they are asked for their numbers.
   *
   * @param network training or fast form, with the layer names of {@link BlockNames}, FLOAT
   * @param spec its structure
   * @param naming whose names to use
   * @param batchesTracked BatchNorm's {@code num_batches_tracked}, which DL4J does not keep
   * @throws IllegalArgumentException when the network is not what {@code spec} says, or {@code
   *     naming} has no names for such blocks
   */
  public static Map<String, Tensor> tensors(
      Model network, RepVggSpec spec, Naming naming, long batchesTracked) {
    if (network.params().dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "only FLOAT networks are exported, this one is " + network.params().dataType());
    }
    NamedLayers layers = NamedLayers.of(network);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (TensorSlot slot : TensorSlots.of(spec, form(layers), naming)) {
      tensors.put(
          slot.tensor(),
          slot.layout() == TensorSlot.Layout.BATCH_COUNT
              ? Tensor.ofLong(batchesTracked)
              : tensor(slot, layers.parameter(slot)));
    }
    return tensors;
  }

  private static Form form(NamedLayers layers) {
    String first = BlockNames.denseConv(BlockNames.block(0, 0));
    return layers.has(first) ? Form.TRAINING : Form.FAST;
  }

  private static Tensor tensor(TensorSlot slot, INDArray parameter) {
    return Tensor.ofFloats(
        slot.shape(),
        () -> {
          INDArray values =
              switch (slot.layout()) {
                case TRANSPOSED -> parameter.transpose();
                case TAPS_FIRST -> parameter.permute(2, 3, 0, 1);
                case ROW_MAJOR, BATCH_COUNT -> parameter;
              };
          return values.dup('c').data().asFloat();
        });
  }
}
