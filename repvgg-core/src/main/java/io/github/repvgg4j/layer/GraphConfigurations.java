package io.github.repvgg4j.layer;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;

/** What DL4J 1.0.0-M2.1 does not do itself with the configurations of graphs. */
public final class GraphConfigurations {

  private GraphConfigurations() {}

  /** A copy, also of the axis along which a vertex merges, which DL4J's own forgets. */
  public static ComputationGraphConfiguration copy(ComputationGraphConfiguration conf) {
    ComputationGraphConfiguration copy = conf.clone();
    conf.getVertices()
        .forEach(
            (name, vertex) -> {
              if (vertex instanceof MergeVertex merge) {
                MergeVertex copied = (MergeVertex) copy.getVertices().get(name);
                copied.setMergeAxis(merge.getMergeAxis());
                copied.setModified(merge.isModified());
              }
            });
    return copy;
  }

  /** The layer itself where it is frozen for training. */
  public static Layer unfrozen(Layer layer) {
    if (layer instanceof FrozenLayer frozen) {
      return unfrozen(frozen.getLayer());
    }
    return layer instanceof FrozenLayerWithBackprop frozen
        ? unfrozen(frozen.getUnderlying())
        : layer;
  }
}
