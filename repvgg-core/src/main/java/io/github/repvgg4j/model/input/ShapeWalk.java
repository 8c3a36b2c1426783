package io.github.repvgg4j.model.input;

import io.github.repvgg4j.network.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;

/** Carries the type of an input through a network, by DL4J's own rules for each layer. */
final class ShapeWalk {

  /**
   * A layer that reads one size only, and what it is given.
   *
   * @param node the layer
   * @param wantedHeight in pixels, or numbers where the width is 0
   */
  record Fit(Node node, long wantedHeight, long wantedWidth, long height, long width) {

    boolean fitsHeight() {
      return wantedHeight == height;
    }

    boolean fitsWidth() {
      return wantedWidth == width;
    }

    /** For messages: {@code layer 'dense' reads 7x7 pixels, and would get 6x6}. */
    String text() {
      return wantedWidth == 0
          ? String.format(
              Locale.ROOT,
              "layer '%s' reads %d numbers, and would get %d",
              node.name(),
              wantedHeight,
              height)
          : String.format(
              Locale.ROOT,
              "layer '%s' reads %dx%d pixels, and would get %dx%d",
              node.name(),
              wantedHeight,
              wantedWidth,
              height,
              width);
    }
  }

  private final List<Node> nodes;
  private final List<Fit> fits = new ArrayList<>();

  private ShapeWalk(List<Node> nodes) {
    this.nodes = nodes;
  }

  /**
   * Walks.
   *
   * @return the layers that read one size only; empty where the network cannot be given this input
   *     at all (too small, or tensors that do not join)
   */
  static Optional<List<Fit>> walk(List<Node> nodes, String input, InputType type) {
    ShapeWalk walk = new ShapeWalk(nodes);
    try {
      walk.run(input, type);
      return Optional.of(walk.fits);
    } catch (RuntimeException e) {
      return Optional.empty(); // DL4J has a dozen exceptions for a size that does not do
    }
  }

  private void run(String input, InputType type) {
    Map<String, InputType> types = new HashMap<>();
    types.put(input, type);
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      InputType[] read = node.inputs().stream().map(types::get).toArray(InputType[]::new);
      InputType given =
          node.layer() == null
              ? node.vertex().getOutputType(i, read)
              : node.layer().getOutputType(i, read(node, read[0]));
      requirePositive(given);
      types.put(node.name(), given);
    }
  }

  private InputType read(Node node, InputType type) {
    InputType read = node.preprocessor() == null ? type : after(node, node.preprocessor(), type);
    boolean dense = node.layer() instanceof DenseLayer || node.layer() instanceof BaseOutputLayer;
    if (dense && read instanceof InputType.InputTypeFeedForward vector) {
      long wanted = ((FeedForwardLayer) node.layer()).getNIn();
      fits.add(new Fit(node, wanted, 0, vector.getSize(), 0));
    }
    if (node.layer() instanceof SubsamplingLayer pooling
        && read instanceof InputTypeConvolutional image) {
      requireWindow(pooling, image);
    }
    return read;
  }

  /** DL4J's own rule rounds a window that is larger than its image up to one place. */
  private static void requireWindow(SubsamplingLayer pooling, InputTypeConvolutional image) {
    int[] kernel = pooling.getKernelSize();
    int[] padding = pooling.getPadding();
    boolean tooSmall =
        kernel[0] > image.getHeight() + 2L * padding[0]
            || kernel[1] > image.getWidth() + 2L * padding[1];
    if (tooSmall && pooling.getConvolutionMode() != ConvolutionMode.Same) {
      throw new IllegalStateException("too small");
    }
  }

  /** Goes on with the size that is wanted, so that one walk tells of all layers. */
  private InputType after(Node node, InputPreProcessor before, InputType type) {
    if (type instanceof InputTypeConvolutional image) {
      if (before instanceof CnnToFeedForwardPreProcessor flat && flat.getInputHeight() > 0) {
        fits.add(fit(node, flat.getInputHeight(), flat.getInputWidth(), image));
        return InputType.feedForward(
            flat.getInputHeight() * flat.getInputWidth() * image.getChannels());
      }
      if (before instanceof CnnToRnnPreProcessor series && series.getInputHeight() > 0) {
        fits.add(fit(node, series.getInputHeight(), series.getInputWidth(), image));
        return InputType.recurrent(
            series.getInputHeight() * series.getInputWidth() * image.getChannels());
      }
      if (before instanceof FeedForwardToCnnPreProcessor images) {
        fits.add(fit(node, images.getInputHeight(), images.getInputWidth(), image));
        return type;
      }
    }
    return before.getOutputType(type);
  }

  private static Fit fit(Node node, long height, long width, InputTypeConvolutional image) {
    return new Fit(node, height, width, image.getHeight(), image.getWidth());
  }

  private static void requirePositive(InputType type) {
    if (type instanceof InputTypeConvolutional image
        && (image.getHeight() < 1 || image.getWidth() < 1)) {
      throw new IllegalStateException("too small");
    }
  }
}
