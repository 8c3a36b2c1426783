package io.github.repvgg4j.runtime.graph;

import io.github.repvgg4j.answer.NoClassMapException;

/**
 * The end of a network that has class activation maps: a linear layer gives the logits and reads
 * nothing but the global average of a feature map.
 *
 * @param features number of the node that gives the feature map
 * @param linear number of the linear layer
 */
public record PooledEnd(int features, int linear) {

  /**
   * Finds it.
   *
   * @throws NoClassMapException where the network ends otherwise
   */
  public static PooledEnd of(FastGraph graph) {
    int linear = graph.head().node();
    FastLayer last = graph.nodes().get(linear).layer();
    if (!(last instanceof FastLayer.Dense)) {
      throw new NoClassMapException(last.where() + " gives the logits, which is no linear layer");
    }
    int read = graph.nodes().get(linear).inputs().get(0);
    FastLayer before = graph.nodes().get(read).layer();
    if (!(before instanceof FastLayer.GlobalAveragePool)) {
      throw new NoClassMapException(
          last.where() + " reads " + before.where() + ", which is no such average");
    }
    int features = graph.nodes().get(read).inputs().get(0);
    if (features == FastGraph.IMAGES) {
      throw new NoClassMapException(before.where() + " averages the image itself");
    }
    return new PooledEnd(features, linear);
  }
}
