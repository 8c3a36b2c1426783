package io.github.repvgg4j.model.input;

import io.github.repvgg4j.network.Node;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.NoParamLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;

/**
 * What the first layers behind an input tell of it.
 *
 * @param channels of its images, where a layer says it
 * @param format of its arrays
 */
record FirstLayer(Optional<Integer> channels, CNN2DFormat format) {

  /**
   * @throws UnknownInputException where the first layer reads no images
   */
  static FirstLayer of(List<Node> nodes, String input) {
    Optional<Integer> channels = Optional.empty();
    Optional<CNN2DFormat> format = Optional.empty();
    Deque<String> tensors = new ArrayDeque<>(List.of(input));
    Set<String> seen = new HashSet<>();
    while (!tensors.isEmpty()) {
      String tensor = tensors.remove();
      for (Node node : nodes) {
        if (node.inputs().contains(tensor) && seen.add(node.name())) {
          requireImages(node);
          Optional<Integer> mine = channels(node);
          channels = channels.or(() -> mine);
          format = format.or(() -> format(node.layer()));
          if (mine.isEmpty() && keepsChannels(node)) {
            tensors.add(node.name());
          }
        }
      }
    }
    return new FirstLayer(channels, format.orElse(CNN2DFormat.NCHW));
  }

  private static void requireImages(Node node) {
    Layer layer = node.layer();
    String reads =
        layer instanceof Convolution1DLayer
                || layer instanceof Subsampling1DLayer
                || layer instanceof BaseRecurrentLayer
            ? "time series"
            : layer instanceof Convolution3D || layer instanceof Deconvolution3D
                ? "volumes"
                : layer instanceof EmbeddingLayer || layer instanceof EmbeddingSequenceLayer
                    ? "indices"
                    : layer instanceof DenseLayer && node.preprocessor() == null ? "vectors" : null;
    if (reads != null) {
      throw UnknownInputException.readsNoImages(
          String.format(
              Locale.ROOT,
              "reads %s, not images (layer '%s' is a %s); only networks that read images are converted. In a"
                  + " program, GraphFuser.fuse takes it as it is",
              reads,
              node.name(),
              layer.getClass().getSimpleName()),
          axes(reads));
    }
  }

  private static int axes(String reads) {
    return switch (reads) {
      case "vectors" -> 2;
      case "time series" -> 3;
      case "volumes" -> 5;
      default -> 0;
    };
  }

  private static Optional<Integer> channels(Node node) {
    if (node.preprocessor() instanceof FeedForwardToCnnPreProcessor images) {
      return Optional.of((int) images.getNumChannels());
    }
    if (node.preprocessor() instanceof CnnToFeedForwardPreProcessor flat) {
      return Optional.of((int) flat.getNumChannels()).filter(n -> n > 0);
    }
    return node.layer() instanceof FeedForwardLayer layer
        ? Optional.of((int) layer.getNIn()).filter(n -> n > 0)
        : Optional.empty();
  }

  /** Layers and vertices that give images of the same channels. */
  private static boolean keepsChannels(Node node) {
    if (node.layer() == null) {
      return node.vertex() instanceof ElementWiseVertex
          || node.vertex() instanceof ScaleVertex
          || node.vertex() instanceof ShiftVertex;
    }
    Layer layer = node.layer();
    boolean changes =
        layer instanceof SpaceToDepthLayer
            || layer instanceof SpaceToBatchLayer
            || layer instanceof GlobalPoolingLayer;
    return node.preprocessor() == null
        && !changes
        && (layer instanceof NoParamLayer || layer instanceof DropoutLayer);
  }

  private static Optional<CNN2DFormat> format(Layer layer) {
    if (layer instanceof ConvolutionLayer convolution) {
      return Optional.ofNullable(convolution.getCnn2dDataFormat());
    }
    if (layer instanceof SubsamplingLayer pooling) {
      return Optional.ofNullable(pooling.getCnn2dDataFormat());
    }
    if (layer instanceof BatchNormalization norm) {
      return Optional.ofNullable(norm.getCnn2DFormat());
    }
    return layer instanceof ZeroPaddingLayer padding
        ? Optional.ofNullable(padding.getDataFormat())
        : Optional.empty();
  }
}
