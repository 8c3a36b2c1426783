package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.runtime.graph.FastGraph;
import java.util.List;

/**
 * What each node gave in one run.
 *
 * @param images what the nodes that read the images read
 * @param nodes by number
 */
public record Observation(NodeTensor images, List<NodeTensor> nodes) {

  /** Of a node, or of {@link FastGraph#IMAGES}. */
  public NodeTensor tensor(int node) {
    return node == FastGraph.IMAGES ? images : nodes.get(node);
  }
}
