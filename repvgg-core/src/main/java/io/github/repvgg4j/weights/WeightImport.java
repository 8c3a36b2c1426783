package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.array.HostMemory;
import io.github.repvgg4j.array.RowMajor;
import io.github.repvgg4j.model.RepVggChains;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import io.github.repvgg4j.weights.checkpoint.TensorType;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Puts the tensors of a file into a network of a given structure. Naming and form are found out by
 * {@link StateDictStructure}; every tensor must be there with its shape, and none may be left over.
 *
 * <p>BatchNorm's running variance is copied as it is. PyTorch's is the unbiased one (divided by n -
 * 1), DL4J updates the biased one; in inference both are just numbers, and in further training the
 * running average moves from the one to the other within some hundred steps.
 */
public final class WeightImport {

  private static final int BLOCK = 1 << 16;

  private static final Set<TensorType> WEIGHTS =
      EnumSet.of(TensorType.FLOAT32, TensorType.FLOAT64, TensorType.FLOAT16, TensorType.BFLOAT16);

  private final StateDict dict;
  private final StateDictStructure found;
  private final RepVggSpec spec;
  private final Set<TensorType> types = EnumSet.noneOf(TensorType.class);
  private final List<UnusableNumbers> unusable = new ArrayList<>();
  private long batchesTracked;

  private WeightImport(StateDict dict, StateDictStructure found, RepVggSpec spec) {
    this.dict = dict;
    this.found = found;
    this.spec = spec;
  }

  /**
   * A new network with the file's weights.
   *
   * @throws ArchiveException one line that names the tensor, what was expected and what was found
   */
  public static ImportedWeights network(StateDict dict, RepVggSpec spec) throws IOException {
    return new WeightImport(dict, StateDictStructure.of(dict), spec).run();
  }

  private ImportedWeights run() throws IOException {
    List<TensorSlot> slots = slots();
    StateDictCheck.check(dict, found, spec, slots);
    Model network = emptyNetwork(slots);
    NamedLayers layers = NamedLayers.of(network);
    for (TensorSlot slot : slots) {
      Tensor tensor = dict.tensors().get(slot.tensor());
      if (slot.layout() == TensorSlot.Layout.BATCH_COUNT) {
        batchesTracked =
            tensor == null ? batchesTracked : Math.max(batchesTracked, tensor.scalar());
      } else {
        copy(slot, tensor, layers.parameter(slot));
      }
    }
    return new ImportedWeights(
        network, spec, found.form(), found.naming(), types, unusable, batchesTracked);
  }

  private List<TensorSlot> slots() throws ArchiveException {
    try {
      return TensorSlots.of(spec, found.form(), found.naming());
    } catch (IllegalArgumentException e) {
      throw new ArchiveException(dict.source() + ": " + e.getMessage(), e);
    }
  }

  /** Given parameters keep DL4J from drawing random ones, which would take seconds. */
  private Model emptyNetwork(List<TensorSlot> slots) {
    long length =
        slots.stream()
            .filter(slot -> slot.layout() != TensorSlot.Layout.BATCH_COUNT)
            .mapToLong(TensorSlot::length)
            .sum();
    INDArray parameters = Nd4j.create(DataType.FLOAT, 1, length);
    GraphOptions options = GraphOptions.withSeed(0);
    if (found.form() == Form.TRAINING) {
      ComputationGraph graph = new ComputationGraph(RepVggGraphs.configuration(spec, options));
      graph.init(parameters, false);
      return graph;
    }
    MultiLayerNetwork chain = new MultiLayerNetwork(RepVggChains.configuration(spec, options));
    chain.init(parameters, false);
    return chain;
  }

  private void copy(TensorSlot slot, Tensor tensor, INDArray parameter) throws IOException {
    if (!WEIGHTS.contains(tensor.type())) {
      throw new ArchiveException(
          dict.source()
              + ": tensor "
              + slot.tensor()
              + " holds "
              + tensor.type()
              + ", expected FLOAT32, FLOAT64, FLOAT16 or BFLOAT16; save it with .float()");
    }
    types.add(tensor.type());
    if (slot.layout() == TensorSlot.Layout.TAPS_FIRST) {
      copyTaps(slot, tensor, parameter);
      return;
    }
    INDArray inOrder =
        slot.layout() == TensorSlot.Layout.TRANSPOSED ? parameter.transpose() : parameter;
    if (!RowMajor.is(inOrder)) {
      throw new IllegalStateException(
          slot.layer() + ": parameter " + slot.parameter() + " is not laid out as PyTorch's");
    }
    HostMemory.write(inOrder, numbers -> copyBlocks(slot, tensor, numbers));
  }

  /** A depthwise kernel is small. */
  private void copyTaps(TensorSlot slot, Tensor tensor, INDArray parameter) throws IOException {
    FloatBuffer numbers = FloatBuffer.allocate(Math.toIntExact(tensor.length()));
    copyBlocks(slot, tensor, numbers);
    long[] taps = parameter.shape();
    INDArray kernels =
        Nd4j.createFromArray(numbers.array()).reshape(taps[2], taps[3], taps[0], taps[1]);
    parameter.assign(kernels.permute(2, 3, 0, 1));
  }

  /**
   * In blocks, because a copy of the largest tensor would take as much memory again, and straight
   * into the flat vector, because ND4J's threads cost more than they copy.
   */
  private void copyBlocks(TensorSlot slot, Tensor tensor, FloatBuffer target) throws IOException {
    int length = Math.toIntExact(tensor.length());
    long nan = 0;
    long infinite = 0;
    long negative = 0;
    for (int first = 0; first < length; first += BLOCK) {
      float[] block = tensor.floats(first, Math.min(first + BLOCK, length));
      for (float value : block) {
        nan += Float.isNaN(value) ? 1 : 0;
        infinite += Float.isInfinite(value) ? 1 : 0;
        negative += value < 0 ? 1 : 0;
      }
      target.put(block);
    }
    long belowZero = slot.isVariance() ? negative : 0;
    if (nan + infinite + belowZero > 0) {
      unusable.add(new UnusableNumbers(slot.tensor(), nan, infinite, belowZero, length));
    }
  }
}
