package io.github.repvgg4j.model.head;

import io.github.repvgg4j.layer.GraphConfigurations;
import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.model.head.HeadFunction.Activated;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/**
 * Where a network's output is computed.
 *
 * @param name of the layer or vertex
 * @param layer its configuration, as the network uses it; null for a vertex without a layer
 * @param readers whether other parts of the network read this output too
 */
record HeadLayer(String name, Layer layer, Readers readers) {

  /** Who reads an output. */
  enum Readers {
    NONE,
    THE_NETWORK_TOO
  }

  static List<HeadLayer> of(Model network) {
    if (network instanceof ComputationGraph graph) {
      return of(graph);
    }
    if (network instanceof MultiLayerNetwork layers) {
      int last = layers.getnLayers() - 1;
      Layer conf = layers.getLayer(last).conf().getLayer();
      String name = conf.getLayerName() == null ? "layer" + last : conf.getLayerName();
      return List.of(new HeadLayer(name, GraphConfigurations.unfrozen(conf), Readers.NONE));
    }
    throw new IllegalArgumentException(
        "neither ComputationGraph nor MultiLayerNetwork: " + network.getClass().getName());
  }

  private static List<HeadLayer> of(ComputationGraph graph) {
    List<HeadLayer> heads = new ArrayList<>();
    for (String name : graph.getConfiguration().getNetworkOutputs()) {
      GraphVertex vertex = graph.getVertex(name);
      boolean read =
          graph.getConfiguration().getVertexInputs().values().stream()
              .anyMatch(inputs -> inputs.contains(name));
      Layer conf =
          vertex.hasLayer()
              ? GraphConfigurations.unfrozen(vertex.getLayer().conf().getLayer())
              : null;
      heads.add(new HeadLayer(name, conf, read ? Readers.THE_NETWORK_TOO : Readers.NONE));
    }
    return heads;
  }

  Head head() {
    if (layer instanceof Yolo2OutputLayer yolo) {
      return new Head(
          name,
          new HeadFunction.Boxes(yolo.getBoundingBoxes(), yolo.getFormat() == CNN2DFormat.NCHW));
    }
    return new Head(
        name, isPutAside() ? new Activated(activation(), classAxis()) : HeadFunction.IDENTITY);
  }

  boolean isYolo() {
    return layer instanceof Yolo2OutputLayer;
  }

  /**
   * Whether the logits are what the last activation is given: always in a layer with a loss, and in
   * others where that activation makes probabilities. Not where the network itself goes on with its
   * result, nor in a one-class layer, whose activation is an inner one.
   */
  boolean isPutAside() {
    if (layer == null || readers != Readers.NONE || layer instanceof OCNNOutputLayer) {
      return false;
    }
    return hasLoss() || (endsWithItsActivation() && makesProbabilities());
  }

  private boolean hasLoss() {
    return layer instanceof BaseOutputLayer
        || layer instanceof LossLayer
        || layer instanceof CnnLossLayer
        || layer instanceof RnnLossLayer
        || layer instanceof Cnn3DLossLayer;
  }

  /** BatchNorm, dropout and others have an activation that they ignore, a LSTM one within. */
  private boolean endsWithItsActivation() {
    return layer instanceof ActivationLayer
        || layer instanceof DenseLayer
        || layer instanceof ConvolutionLayer
        || layer instanceof GroupedConvolution2D
        || layer instanceof ElementWiseMultiplicationLayer;
  }

  private boolean makesProbabilities() {
    IActivation function = activation();
    return function instanceof ActivationSoftmax || function instanceof ActivationSigmoid;
  }

  /** Null for a layer without one. */
  IActivation activation() {
    if (layer instanceof BaseLayer base) {
      return base.getActivationFn();
    }
    return layer instanceof ActivationLayer only ? only.getActivationFn() : null;
  }

  void activation(IActivation function) {
    if (layer instanceof BaseLayer base) {
      base.setActivationFn(function);
    } else if (layer instanceof ActivationLayer only) {
      only.setActivationFn(function);
    }
  }

  /** Lets the network give logits. */
  void putAside() {
    activation(new ActivationIdentity());
  }

  /** Layers of series, images and volumes activate along the channels, all others as it comes. */
  private int classAxis() {
    boolean channelsFirst =
        (layer instanceof CnnLossLayer image && image.getFormat() == CNN2DFormat.NCHW)
            || (layer instanceof Cnn3DLossLayer volume
                && volume.getDataFormat() == Convolution3D.DataFormat.NCDHW)
            || (layer instanceof RnnOutputLayer output
                && isChannelsFirst(output.getRnnDataFormat()))
            || (layer instanceof RnnLossLayer loss && isChannelsFirst(loss.getRnnDataFormat()));
    return channelsFirst ? 1 : Activated.LAST_AXIS;
  }

  /** DL4J takes a format that is not stated for NCW. */
  private static boolean isChannelsFirst(RNNFormat format) {
    return format != RNNFormat.NWC;
  }
}
