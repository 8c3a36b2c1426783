package io.github.repvgg4j.model;

import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.RepVggSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The later stages of a network and its head as a graph of their own, for training them alone. A
 * stage reads nothing but the one before, so these layers' parameters are the last ones of the flat
 * vector, and both graphs work on the same numbers: what one changes, the other has.
 */
public final class NetworkTail {

  private NetworkTail() {}

  /**
   * @param whole a training form, built by {@link RepVggGraphs}
   * @param spec its structure
   * @param firstStage of the tail, 1 to 5; 5 leaves pooling and the linear layer
   * @return a graph whose input {@code [N, C, H, W]} is the output of stage {@code firstStage - 1}
   */
  public static ComputationGraph of(ComputationGraph whole, RepVggSpec spec, int firstStage) {
    GraphOptions options = GraphOptions.withSeed(0).withDataType(whole.params().dataType());
    ComputationGraphConfiguration configuration =
        RepVggGraphs.tailConfiguration(spec, firstStage, options);
    takeOrder(whole, configuration);
    ComputationGraph tail = new ComputationGraph(configuration);
    INDArray all = whole.params();
    long length = length(whole, configuration);
    tail.init(
        all.get(NDArrayIndex.interval(all.length() - length, all.length())).reshape(1, length),
        false);
    requireSamePlaces(whole, tail);
    return tail;
  }

  /** DL4J's own order within a block depends on the vertices' numbers. */
  private static void takeOrder(
      ComputationGraph whole, ComputationGraphConfiguration configuration) {
    List<String> names = new ArrayList<>(configuration.getNetworkInputs());
    names.addAll(configuration.getVertices().keySet());
    List<String> order = new ArrayList<>(configuration.getNetworkInputs());
    for (int vertex : whole.topologicalSortOrder()) {
      String name = whole.getVertices()[vertex].getVertexName();
      if (configuration.getVertices().containsKey(name)) {
        order.add(name);
      }
    }
    configuration.setTopologicalOrder(order.stream().mapToInt(names::indexOf).toArray());
    configuration.setTopologicalOrderStr(order);
  }

  private static long length(ComputationGraph whole, ComputationGraphConfiguration configuration) {
    long length = 0;
    for (Layer layer : whole.getLayers()) {
      String name = layer.conf().getLayer().getLayerName();
      length += configuration.getVertices().containsKey(name) ? layer.numParams() : 0;
    }
    return length;
  }

  private static void requireSamePlaces(ComputationGraph whole, ComputationGraph tail) {
    for (Layer layer : tail.getLayers()) {
      String name = layer.conf().getLayer().getLayerName();
      for (Map.Entry<String, INDArray> entry : layer.paramTable().entrySet()) {
        INDArray expected = whole.getLayer(name).getParam(entry.getKey());
        if (expected.offset() != entry.getValue().offset()) {
          throw new IllegalStateException(
              String.format(
                  Locale.ROOT,
                  "%s (%s) lies at %d of the whole network and at %d of its tail",
                  name,
                  entry.getKey(),
                  expected.offset(),
                  entry.getValue().offset()));
        }
      }
    }
  }
}
