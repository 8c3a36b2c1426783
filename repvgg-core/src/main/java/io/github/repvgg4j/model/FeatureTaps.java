package io.github.repvgg4j.model;

import io.github.repvgg4j.spec.BlockNames;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The outputs of the stages, for detectors and segmenters that use a RepVGG network as backbone.
 * Works with either form, since both keep the block names of {@link BlockNames}.
 *
 * @param vertices name of the output vertex of each stage, stage 0 first
 */
public record FeatureTaps(Map<Integer, String> vertices) {

  /** The stages that backbones offer: strides 4, 8, 16 and 32 in the published networks. */
  public static final List<Integer> BACKBONE_STAGES = List.of(1, 2, 3, 4);

  public FeatureTaps {
    vertices = Collections.unmodifiableMap(new LinkedHashMap<>(vertices));
  }

  /**
   * Finds the stages in a network.
   *
   * @throws IllegalArgumentException when the network does not name its blocks as RepVGG's
   */
  public static FeatureTaps of(ComputationGraph network) {
    Map<Integer, String> found = new LinkedHashMap<>();
    for (int stage = 0; stage <= 4; stage++) {
      found.put(stage, output(network, stage));
    }
    return new FeatureTaps(found);
  }

  private static String output(ComputationGraph network, int stage) {
    String last = null;
    for (int index = 0; index == 0 || last != null; index++) {
      String vertex = output(network, BlockNames.block(stage, index));
      if (vertex == null) {
        break;
      }
      last = vertex;
    }
    if (last == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no layer %s or %s in this network; feature taps need a RepVGG network with its own names",
              BlockNames.block(stage, 0),
              BlockNames.relu(BlockNames.block(stage, 0))));
    }
    return last;
  }

  /**
   * The pooling where there is one. Else of the training form, and of the fast form with
   * squeeze-and-excitation, the ReLU; else the convolution.
   */
  private static String output(ComputationGraph network, String block) {
    for (String candidate : List.of(BlockNames.pool(block), BlockNames.relu(block), block)) {
      if (network.getVertex(candidate) != null) {
        return candidate;
      }
    }
    return null;
  }

  /**
   * Runs the network in inference mode.
   *
   * @param network the one that these taps were found in
   * @param input {@code [N, C, H, W]}, normalised
   * @param stages such as {@link #BACKBONE_STAGES}
   * @return stage to activations {@code [N, C, H, W]}, detached, of the network's data type
   */
  public Map<Integer, INDArray> outputs(
      ComputationGraph network, INDArray input, List<Integer> stages) {
    List<String> names = new ArrayList<>();
    for (int stage : stages) {
      if (!vertices.containsKey(stage)) {
        throw new IllegalArgumentException("stage must be 0 to 4, got " + stage);
      }
      names.add(vertices.get(stage));
    }
    INDArray[] arrays = network.output(names, false, new INDArray[] {input}, null);
    Map<Integer, INDArray> outputs = new LinkedHashMap<>();
    for (int i = 0; i < arrays.length; i++) {
      outputs.put(stages.get(i), arrays[i]);
    }
    return outputs;
  }
}
