package io.github.repvgg4j.network;

import io.github.repvgg4j.layer.GraphConfigurations;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One layer or vertex of a network, whichever class the network has.
 *
 * @param name unique in the network
 * @param inputs names of the nodes or network inputs that it reads
 * @param body what it is
 * @param params its parameters by key; views, never written to
 */
public record Node(String name, List<String> inputs, Body body, Map<String, INDArray> params) {

  /** A layer, or a vertex of another kind. */
  public sealed interface Body {}

  /** A layer, with the preprocessor of its input, null for none. */
  public record LayerBody(NeuralNetConfiguration conf, InputPreProcessor preprocessor)
      implements Body {}

  /** A vertex that is no layer. */
  public record VertexBody(GraphVertex vertex) implements Body {}

  public Node {
    inputs = List.copyOf(inputs);
  }

  /** The layer, out of its freezer where it is frozen; null for a vertex. */
  public Layer layer() {
    if (!(body instanceof LayerBody layerBody)) {
      return null;
    }
    Layer layer = layerBody.conf().getLayer();
    return GraphConfigurations.unfrozen(layer);
  }

  /** The vertex; null for a layer. */
  public GraphVertex vertex() {
    return body instanceof VertexBody vertexBody ? vertexBody.vertex() : null;
  }

  /** What its input goes through first; null for nothing, and for a vertex. */
  public InputPreProcessor preprocessor() {
    return body instanceof LayerBody layerBody ? layerBody.preprocessor() : null;
  }

  /** The same, reading other nodes. */
  public Node withInputs(List<String> newInputs) {
    return new Node(name, newInputs, body, params);
  }
}
