package io.github.repvgg4j.rewrite.plan;

import io.github.repvgg4j.network.Names;
import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.network.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;

/**
 * Sums that are written out to be fused: a sum of branches that start at different tensors is no
 * convolution, but those of its branches that start at one are, once they are added first: a(x) +
 * c(z) + b(x) = (a(x) + b(x)) + c(z).
 *
 * @param terms by the name of the new sum, the tensors that it adds
 * @param sums by the name of the new sum, the sum that it is taken out of
 */
record PartialSums(Map<String, List<String>> terms, Map<String, String> sums) {

  /**
   * All that the network has.
   *
   * @param planner after it has planned the network
   */
  static PartialSums of(NetworkView network, RegionPlanner planner) {
    Map<String, List<String>> terms = new LinkedHashMap<>();
    Map<String, String> sums = new LinkedHashMap<>();
    Names names = Names.of(network);
    for (Node node : network.nodes().values()) {
      if (!isAddition(node)) {
        continue;
      }
      Map<Source, List<String>> bySource = planner.inputsBySource(node);
      if (bySource.size() < 2) {
        continue;
      }
      bySource.forEach(
          (source, tensors) -> {
            if (tensors.size() > 1) {
              String name = names.free(node.name() + "." + source.tensor());
              terms.put(name, List.copyOf(tensors));
              sums.put(name, node.name());
            }
          });
    }
    return new PartialSums(terms, sums);
  }

  private static boolean isAddition(Node node) {
    return node.vertex() instanceof ElementWiseVertex vertex
        && vertex.getOp() == ElementWiseVertex.Op.Add;
  }

  boolean isEmpty() {
    return terms.isEmpty();
  }

  Set<String> names() {
    return terms.keySet();
  }

  /** Those of these names. */
  PartialSums only(Set<String> names) {
    Map<String, List<String>> some = new LinkedHashMap<>(terms);
    some.keySet().retainAll(names);
    return new PartialSums(some, sums);
  }

  /** The network with these sums written out. */
  NetworkView splitFrom(NetworkView network) {
    Map<String, Node> nodes = new LinkedHashMap<>();
    for (Node node : network.nodes().values()) {
      List<String> inputs = new ArrayList<>(node.inputs());
      terms.forEach(
          (name, tensors) -> {
            if (sums.get(name).equals(node.name())) {
              nodes.put(name, sum(name, tensors));
              inputs.set(inputs.indexOf(tensors.get(0)), name);
              inputs.removeAll(tensors);
            }
          });
      nodes.put(node.name(), node.withInputs(inputs));
    }
    return new NetworkView(network.inputs(), network.outputs(), nodes, network.dataType());
  }

  private static Node sum(String name, List<String> tensors) {
    return new Node(
        name,
        tensors,
        new Node.VertexBody(new ElementWiseVertex(ElementWiseVertex.Op.Add)),
        Map.of());
  }
}
