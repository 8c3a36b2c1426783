package io.github.repvgg4j.model.head;

import io.github.repvgg4j.answer.FeatureMap;
import io.github.repvgg4j.answer.LinearHead;
import io.github.repvgg4j.answer.NoClassMapException;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.network.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The end of a network that has class activation maps: a linear layer gives the logits and reads
 * nothing but the global average of a feature map.
 *
 * <p>The feature map comes from {@code feedForward}, so the network must not be in use by another
 * thread.
 */
public final class PooledHead {

  /** Whose average DL4J takes, height and width; null for these too. */
  private static final int[] CHANNELS_FIRST = {2, 3};

  private static final int[] CHANNELS_LAST = {1, 2};

  private final Model network;
  private final LinearHead linear;
  private final String features;
  private final int layer;
  private final int channelAxis;

  private PooledHead(Model network, NetworkView view, Node dense, Node pool) {
    this.network = network;
    this.linear = linear(dense.params());
    this.features = pool.inputs().get(0);
    this.layer = List.copyOf(view.nodes().keySet()).indexOf(features);
    this.channelAxis = channelAxis((GlobalPoolingLayer) pool.layer());
  }

  /**
   * Finds it in a network; its weights are copied.
   *
   * @param network a {@link ComputationGraph} or a {@link MultiLayerNetwork}
   * @throws NoClassMapException where the network ends otherwise
   */
  public static PooledHead of(Model network) {
    NetworkView view = NetworkView.of(network);
    if (view.outputs().size() != 1) {
      throw new NoClassMapException("the network has " + view.outputs().size() + " outputs");
    }
    Node last = view.nodes().get(view.outputs().get(0));
    Node dense = isAnswer(last) ? read(view, last) : last;
    if (dense == null || !isLinear(dense)) {
      throw new NoClassMapException(words(dense) + " gives the logits, which is no linear layer");
    }
    Node pool = read(view, dense);
    if (pool == null || dense.preprocessor() != null || !isAverage(pool)) {
      throw new NoClassMapException(
          words(dense) + " reads " + words(pool) + ", which is no such average");
    }
    if (!view.nodes().containsKey(pool.inputs().get(0))) {
      throw new NoClassMapException(words(pool) + " averages the image itself");
    }
    return new PooledHead(network, view, dense, pool);
  }

  /**
   * What a node's first input comes from, past layers that change nothing in inference; null for
   * the network's input.
   */
  private static Node read(NetworkView view, Node reader) {
    Node at = view.nodes().get(reader.inputs().get(0));
    while (at != null && changesNothing(at.layer())) {
      at = view.nodes().get(at.inputs().get(0));
    }
    return at;
  }

  private static boolean changesNothing(Layer layer) {
    return layer instanceof DropoutLayer
        || layer instanceof ActivationLayer only
            && only.getActivationFn() instanceof ActivationIdentity;
  }

  /** Makes answers of logits, and nothing else. */
  private static boolean isAnswer(Node last) {
    return last.layer() instanceof LossLayer
        || last.layer() instanceof ActivationLayer only && isAnswer(only.getActivationFn());
  }

  private static boolean isAnswer(IActivation function) {
    return function instanceof ActivationIdentity
        || function instanceof ActivationSoftmax
        || function instanceof ActivationSigmoid;
  }

  /** Its own activation is put aside ({@link Logits}) or none. */
  private static boolean isLinear(Node node) {
    Layer layer = node.layer();
    return layer instanceof DenseLayer dense
        ? !dense.isHasLayerNorm() && isAnswer(dense.getActivationFn())
        : layer != null && layer.getClass() == OutputLayer.class;
  }

  private static boolean isAverage(Node node) {
    return node.layer() instanceof GlobalPoolingLayer pool
        && pool.getPoolingType() == PoolingType.AVG
        && pool.isCollapseDimensions()
        && node.preprocessor() == null
        && channelAxis(pool) > 0;
  }

  /** 0 for dimensions that are not height and width. */
  private static int channelAxis(GlobalPoolingLayer pool) {
    int[] pooled = pool.getPoolingDimensions();
    if (pooled == null || Arrays.equals(pooled, CHANNELS_FIRST)) {
      return 1;
    }
    return Arrays.equals(pooled, CHANNELS_LAST) ? 3 : 0;
  }

  private static String words(Node node) {
    if (node == null) {
      return "the image";
    }
    Object body = node.layer() == null ? node.vertex() : node.layer();
    return "'" + node.name() + "' (" + body.getClass().getSimpleName() + ")";
  }

  private static LinearHead linear(Map<String, INDArray> params) {
    INDArray weights = params.get("W");
    int classes = (int) weights.size(1);
    INDArray bias = params.get("b");
    return new LinearHead(
        classes,
        Floats.values(weights.transpose()),
        bias == null ? new float[classes] : Floats.values(bias));
  }

  /** The linear layer. */
  public LinearHead linear() {
    return linear;
  }

  /**
   * What the pooling reads of one image, in inference mode.
   *
   * @param image {@code [1, C, H, W]}, normalised ({@code [1, H, W, C]} where the network reads
   *     that); not changed
   */
  public FeatureMap features(INDArray image) {
    INDArray map =
        network instanceof ComputationGraph graph
            ? graph.feedForward(new INDArray[] {image}, false).get(features)
            : ((MultiLayerNetwork) network).feedForward(image, false).get(layer + 1);
    if (map.rank() != 4 || map.size(0) != 1) {
      throw new NoClassMapException("'" + features + "' gives no feature map of one image");
    }
    INDArray channelsFirst = channelAxis == 1 ? map : map.permute(0, 3, 1, 2);
    return new FeatureMap(
        (int) channelsFirst.size(1),
        (int) channelsFirst.size(2),
        (int) channelsFirst.size(3),
        Floats.values(channelsFirst));
  }
}
