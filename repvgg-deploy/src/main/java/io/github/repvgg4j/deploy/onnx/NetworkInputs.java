package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.deploy.onnx.NetworkNodes.LayerBody;
import io.github.repvgg4j.deploy.onnx.NetworkNodes.Node;
import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.layer.SqueezeExcitation;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;

/**
 * What a network's inputs look like, by the layers that read them: Deeplearning4j's zips do not
 * say. What no layer fixes stays open in the file.
 */
final class NetworkInputs {

  private final NetworkNodes network;
  private final Optional<InputShape> stated;
  private final Dimension batch;

  /**
   * @param stated shape of one image, where somebody knows it
   */
  NetworkInputs(NetworkNodes network, Optional<InputShape> stated, Dimension batch) {
    this.network = network;
    this.stated = stated;
    this.batch = batch;
  }

  /** What readers tell of an input; zero is unknown. */
  private static final class Found {
    private int rank;
    private long channels;
    private long height;
    private long width;

    void image(long c, long h, long w) {
      rank = 4;
      channels = channels == 0 ? c : channels;
      height = height == 0 ? h : height;
      width = width == 0 ? w : width;
    }
  }

  /**
   * The axes of an input.
   *
   * @param place of the input in the network
   */
  List<Dimension> shape(int place) {
    Found found = new Found();
    Set<Integer> seen = new HashSet<>();
    Deque<Integer> open = new ArrayDeque<>(List.of(place));
    while (!open.isEmpty()) {
      int tensor = open.remove();
      for (int i = 0; i < network.nodes().size(); i++) {
        Node reader = network.nodes().get(i);
        if (reader.inputs().contains(tensor) && seen.add(i) && passesOn(reader, found)) {
          open.add(i);
        }
      }
    }
    if (found.rank == 2) {
      return List.of(batch, Dimension.of(found.channels));
    }
    if (stated.isPresent()) {
      takeStated(found, stated.get());
    }
    if (found.channels == 0) {
      throw new IllegalArgumentException(
          "input "
              + network.nodes().get(place).name()
              + ": its layers do not say how many channels it has; "
              + (network.inputs().size() == 1
                  ? "give --input C,H,W"
                  : "of several inputs each must be read by a layer that says it"));
    }
    String suffix = network.inputs().size() == 1 ? "" : Integer.toString(place);
    return List.of(
        batch,
        Dimension.of(found.channels),
        size(found.height, "H" + suffix),
        size(found.width, "W" + suffix));
  }

  private static Dimension size(long known, String name) {
    return known == 0 ? new Dimension.Named(name) : Dimension.of(known);
  }

  private static void takeStated(Found found, InputShape shape) {
    boolean fits =
        (found.channels == 0 || found.channels == shape.channels())
            && (found.height == 0 || found.height == shape.height())
            && (found.width == 0 || found.width == shape.width());
    if (!fits) {
      throw new IllegalArgumentException(
          "input: the network reads images of "
              + found.channels
              + " channels"
              + (found.height == 0 ? "" : ", " + found.height + "x" + found.width + " pixels")
              + ", and "
              + shape.channels()
              + ","
              + shape.height()
              + ","
              + shape.width()
              + " is given");
    }
    found.image(shape.channels(), shape.height(), shape.width());
  }

  /** Notes what a reader tells; whether what it gives has the channels of what it reads. */
  private static boolean passesOn(Node reader, Found found) {
    if (reader.body() instanceof LayerBody body) {
      return !tells(body.preprocessor(), found) && tells(body.layer(), found);
    }
    GraphVertex vertex = ((NetworkNodes.VertexBody) reader.body()).vertex();
    return vertex instanceof ElementWiseVertex
        || vertex instanceof ScaleVertex
        || vertex instanceof ShiftVertex
        || vertex instanceof L2NormalizeVertex;
  }

  private static boolean tells(InputPreProcessor before, Found found) {
    if (before instanceof ComposableInputPreProcessor several) {
      return several.getInputPreProcessors().length > 0
          && tells(several.getInputPreProcessors()[0], found);
    }
    if (before instanceof FeedForwardToCnnPreProcessor image) {
      found.image(image.getNumChannels(), image.getInputHeight(), image.getInputWidth());
      return true;
    }
    if (before instanceof CnnToFeedForwardPreProcessor flat) {
      found.image(flat.getNumChannels(), flat.getInputHeight(), flat.getInputWidth());
      return true;
    }
    return before != null;
  }

  /** Notes what a layer tells; whether its readers may tell more. */
  private static boolean tells(Layer layer, Found found) {
    if (layer instanceof ConvolutionLayer
        || layer instanceof GroupedConvolution2D
        || layer instanceof SqueezeExcitation) {
      found.image(((FeedForwardLayer) layer).getNIn(), 0, 0);
      return layer instanceof SqueezeExcitation;
    }
    if (layer instanceof BatchNormalization norm) {
      found.channels = norm.getNIn();
      return true;
    }
    if (layer instanceof ActivationLayer
        || layer instanceof DropoutLayer
        || layer instanceof LossLayer) {
      return true;
    }
    if (isOfImages(layer)) {
      found.image(0, 0, 0);
      return !(layer instanceof GlobalPoolingLayer global) || !global.isCollapseDimensions();
    }
    if (layer instanceof FeedForwardLayer rows && found.rank == 0) {
      found.rank = 2;
      found.channels = rows.getNIn();
    }
    return false;
  }

  private static boolean isOfImages(Layer layer) {
    return layer instanceof SubsamplingLayer
        || layer instanceof GlobalPoolingLayer
        || layer instanceof ZeroPaddingLayer
        || layer instanceof Cropping2D
        || layer instanceof Upsampling2D
        || layer instanceof LocalResponseNormalization;
  }
}
