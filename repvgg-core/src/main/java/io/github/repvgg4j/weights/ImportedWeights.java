package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.weights.checkpoint.TensorType;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;

/**
 * A network with the weights of a file.
 *
 * @param network a {@code ComputationGraph} in the training form, a {@code MultiLayerNetwork} in
 *     the fast form; FLOAT
 * @param spec its structure
 * @param form which of the two
 * @param naming whose names the file used
 * @param types of the file's floating-point tensors; all but FLOAT32 were converted
 * @param unusable tensors that hold NaN, infinities or negative variances; they were imported as
 *     they are
 * @param batchesTracked BatchNorm's {@code num_batches_tracked}, the largest; 0 where there is none
 */
public record ImportedWeights(
    Model network,
    RepVggSpec spec,
    Form form,
    Naming naming,
    Set<TensorType> types,
    List<UnusableNumbers> unusable,
    long batchesTracked) {

  public ImportedWeights {
    types = Set.copyOf(types);
    unusable = List.copyOf(unusable);
  }
}
