package io.github.repvgg4j.runtime.graph;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A network as the runtime sees it.
 *
 * @param nodes in an order of computation, which is that of DL4J's flat parameter vector
 * @param channels of an image
 * @param head what it gives
 */
public record FastGraph(List<Node> nodes, int channels, Result head) {

  /** The network's input among {@link Node#inputs}. */
  public static final int IMAGES = -1;

  /**
   * A layer and what it reads.
   *
   * @param inputs numbers of other nodes, or {@link #IMAGES}
   */
  public record Node(FastLayer layer, List<Integer> inputs) {}

  /**
   * The output, {@code [N, length]}.
   *
   * @param node number of the node that gives it
   * @param name of the layer
   * @param length numbers an image
   * @param activation the head's own; the runtime gives what it is given
   */
  public record Result(int node, String name, int length, JsonNode activation) {}

  public FastGraph {
    nodes = List.copyOf(nodes);
  }

  /** The same network whose numbers lie in the order of {@link FastLayer#arrays()} already. */
  public FastGraph arranged() {
    return new FastGraph(
        nodes.stream().map(node -> new Node(node.layer().arranged(), node.inputs())).toList(),
        channels,
        head);
  }

  public List<FastLayer> layers() {
    return nodes.stream().map(Node::layer).toList();
  }

  /** Whether a node's tensor is pooled over height and width and not read otherwise. */
  public boolean isPooledOnly(int node) {
    return nodes.stream()
        .filter(other -> other.inputs().contains(node))
        .allMatch(other -> other.layer() instanceof FastLayer.GlobalAveragePool);
  }

  /** Whether the dense layer reads pixels, so that only images of one size can be run. */
  public boolean isOfOneSize() {
    return nodes.stream()
        .filter(node -> node.layer() instanceof FastLayer.Dense)
        .map(node -> nodes.get(node.inputs().get(0)).layer())
        .anyMatch(before -> !(before instanceof FastLayer.GlobalAveragePool));
  }
}
