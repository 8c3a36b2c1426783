package io.github.repvgg4j.rewrite;

import io.github.repvgg4j.network.Names;
import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.network.Node;
import io.github.repvgg4j.rewrite.step.Step;
import io.github.repvgg4j.rewrite.step.StepReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;

/**
 * DL4J's {@code ActivationLayer} overwrites in inference the array that it reads, so another reader
 * of that tensor gets the activated values or the raw ones, depending on the order. Where that can
 * happen a copy (a {@code ScaleVertex} by 1) is put before the activation layer: the new network
 * computes what the graph says.
 */
final class AliasGuard {

  private final NetworkView network;
  private final Names names;
  private final Map<String, List<String>> readers;
  private final List<RegionOutcome.Corrected> corrections = new ArrayList<>();

  /**
   * @param names that a copy may not have
   */
  AliasGuard(NetworkView network, Names names) {
    this.network = network;
    this.names = names;
    this.readers = network.readers();
  }

  /** The network with the copies that it needs; also fills {@link #corrections}. */
  NetworkView guarded() {
    Map<String, Node> nodes = new LinkedHashMap<>();
    for (Node node : network.nodes().values()) {
      String danger = StepReader.read(node) instanceof Step.Activate ? otherReader(node) : null;
      if (danger == null) {
        nodes.put(node.name(), node);
        continue;
      }
      String tensor = node.inputs().get(0);
      String copy = names.free(node.name() + ".copy");
      nodes.put(
          copy,
          new Node(copy, List.of(tensor), new Node.VertexBody(new ScaleVertex(1.0)), Map.of()));
      nodes.put(node.name(), node.withInputs(List.of(copy)));
      corrections.add(
          new RegionOutcome.Corrected(
              node.name(),
              "this ActivationLayer overwrites '"
                  + tensor
                  + "', which "
                  + danger
                  + "; a copy was put between them, so outputs can differ from those of the"
                  + " original, which DL4J computes wrongly"));
    }
    return new NetworkView(network.inputs(), network.outputs(), nodes, network.dataType());
  }

  List<RegionOutcome.Corrected> corrections() {
    return List.copyOf(corrections);
  }

  /** Who else sees the array that this layer overwrites; null for nobody. */
  private String otherReader(Node node) {
    String reader = node.name();
    String tensor = node.inputs().get(0);
    while (true) {
      if (network.outputs().contains(tensor)) {
        return "is an output of the network";
      }
      for (String other : readers.get(tensor)) {
        if (!other.equals(reader)) {
          return "is also read by '" + other + "'";
        }
      }
      Node producer = network.nodes().get(tensor);
      if (producer == null || !(StepReader.read(producer) instanceof Step.Pass)) {
        return null;
      }
      reader = producer.name();
      tensor = producer.inputs().get(0);
    }
  }
}
