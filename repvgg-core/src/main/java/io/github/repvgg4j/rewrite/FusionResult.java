package io.github.repvgg4j.rewrite;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A fused network and the account of it.
 *
 * @param network a new {@code MultiLayerNetwork} where the result is a chain, else a {@code
 *     ComputationGraph}; it shares no array with the input model
 * @param outcomes for every layer and vertex, in the order of computation
 * @param sources for every fused convolution, by its name, the tensor of the original network that
 *     it reads and what it gives
 */
public record FusionResult(Model network, List<RegionOutcome> outcomes, Map<String, Span> sources) {

  /**
   * Where a fused region stood.
   *
   * @param from name of the layer or input that feeds it
   * @param to name of its last layer in the original network; several where it gives the sum of
   *     some branches of a larger sum
   * @param preprocessor between the two, null for none
   */
  public record Span(String from, List<String> to, InputPreProcessor preprocessor) {

    public Span {
      to = List.copyOf(to);
    }

    /**
     * What the original network has in the convolution's place.
     *
     * @param tensors of the original network, by name
     * @return {@code [N, C, H, W]}; empty where one is missing
     */
    public Optional<INDArray> expected(Map<String, INDArray> tensors) {
      return tensors.keySet().containsAll(to)
          ? to.stream().map(tensors::get).reduce(INDArray::add)
          : Optional.empty();
    }
  }

  public FusionResult {
    outcomes = List.copyOf(outcomes);
    sources = Map.copyOf(sources);
  }

  /** The regions that became one convolution. */
  public List<RegionOutcome.Fused> fused() {
    return select(RegionOutcome.Fused.class);
  }

  /** What is linear and was left. */
  public List<RegionOutcome.Refused> refused() {
    return select(RegionOutcome.Refused.class);
  }

  /** What had nothing to fuse. */
  public List<RegionOutcome.Kept> kept() {
    return select(RegionOutcome.Kept.class);
  }

  /** Where the new network differs from what DL4J computes. */
  public List<RegionOutcome.Corrected> corrected() {
    return select(RegionOutcome.Corrected.class);
  }

  private <T extends RegionOutcome> List<T> select(Class<T> kind) {
    return outcomes.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
