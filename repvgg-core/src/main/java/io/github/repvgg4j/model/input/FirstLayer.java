package io.github.repvgg4j.model.input;

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
  static FirstLayer of(List<LayerPlace> places, String input) {
    Optional<Integer> channels = Optional.empty();
    Optional<CNN2DFormat> format = Optional.empty();
    Deque<String> tensors = new ArrayDeque<>(List.of(input));
    Set<String> seen = new HashSet<>();
    while (!tensors.isEmpty()) {
      String tensor = tensors.remove();
      for (LayerPlace place : places) {
        if (place.inputs().contains(tensor) && seen.add(place.name())) {
          requireImages(place);
          Optional<Integer> mine = channels(place);
          channels = channels.or(() -> mine);
          format = format.or(() -> format(place.layer()));
          if (mine.isEmpty() && keepsChannels(place)) {
            tensors.add(place.name());
          }
        }
      }
    }
    return new FirstLayer(channels, format.orElse(CNN2DFormat.NCHW));
  }

  private static void requireImages(LayerPlace place) {
    Layer layer = place.layer();
    String reads =
        layer instanceof Convolution1DLayer
                || layer instanceof Subsampling1DLayer
                || layer instanceof BaseRecurrentLayer
            ? "time series"
            : layer instanceof Convolution3D || layer instanceof Deconvolution3D
                ? "volumes"
                : layer instanceof EmbeddingLayer || layer instanceof EmbeddingSequenceLayer
                    ? "indices"
                    : layer instanceof DenseLayer && place.before() == null ? "vectors" : null;
    if (reads != null) {
      throw UnknownInputException.readsNoImages(
          String.format(
              Locale.ROOT,
              "reads %s, not images (%s is a %s); only networks that read images are converted. In a"
                  + " program, GraphFuser.fuse takes it as it is",
              reads,
              place.text(),
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

  private static Optional<Integer> channels(LayerPlace place) {
    if (place.before() instanceof FeedForwardToCnnPreProcessor images) {
      return Optional.of((int) images.getNumChannels());
    }
    if (place.before() instanceof CnnToFeedForwardPreProcessor flat) {
      return Optional.of((int) flat.getNumChannels()).filter(n -> n > 0);
    }
    return place.layer() instanceof FeedForwardLayer layer
        ? Optional.of((int) layer.getNIn()).filter(n -> n > 0)
        : Optional.empty();
  }

  /** Layers and vertices that give images of the same channels. */
  private static boolean keepsChannels(LayerPlace place) {
    if (place.layer() == null) {
      return place.vertex() instanceof ElementWiseVertex
          || place.vertex() instanceof ScaleVertex
          || place.vertex() instanceof ShiftVertex;
    }
    Layer layer = place.layer();
    boolean changes =
        layer instanceof SpaceToDepthLayer
            || layer instanceof SpaceToBatchLayer
            || layer instanceof GlobalPoolingLayer;
    return place.before() == null
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
