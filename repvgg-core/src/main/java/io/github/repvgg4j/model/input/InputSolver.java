package io.github.repvgg4j.model.input;

import io.github.repvgg4j.model.input.NetworkInput.Origin;
import io.github.repvgg4j.model.input.ShapeWalk.Fit;
import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.network.Node;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;

/**
 * Finds an input that a network takes. Channels stand in its first layers. A size is fixed where a
 * dense layer reads the pixels; since height and width do not meet on the way there, each is found
 * by trying. Where nothing fixes it any size that all layers take will do.
 */
final class InputSolver {

  /** Tried first, in this order: small enough for stock DL4J, large enough for deep networks. */
  private static final List<Integer> USUAL_SIDES = List.of(64, 96, 128, 224, 299, 416, 32, 28, 16);

  private static final int LARGEST_SIDE = 1024;

  private final List<Node> nodes;
  private final String input;
  private final FirstLayer first;

  InputSolver(Model network) {
    NetworkView view = NetworkView.of(network);
    List<String> inputs = view.inputs();
    if (inputs.size() != 1) {
      throw new UnknownInputException(
          "reads "
              + inputs.size()
              + " inputs ("
              + String.join(", ", inputs)
              + "); only networks with one input are run here. In a program, GraphFuser.fuse takes"
              + " it as it is");
    }
    this.input = inputs.get(0);
    this.nodes = List.copyOf(view.nodes().values());
    this.first = FirstLayer.of(nodes, input);
  }

  NetworkInput solve(Optional<InputShape> stated) {
    if (stated.isPresent()) {
      return checked(stated.get());
    }
    int channels =
        first
            .channels()
            .orElseThrow(
                () ->
                    new UnknownInputException(
                        "its layers do not tell how many channels it reads; give --input C,H,W"));
    List<Integer> taken =
        USUAL_SIDES.stream().filter(side -> walk(channels, side, side).isPresent()).toList();
    boolean any =
        taken.size() > 1
            && taken.stream().allMatch(side -> fits(walk(channels, side, side).orElseThrow()));
    return any ? input(channels, taken.get(0), taken.get(0), Origin.ANY_SIZE) : fixed(channels);
  }

  NetworkInput ofArray(List<Long> array) {
    boolean channelsFirst = first.format() == CNN2DFormat.NCHW;
    int axis = channelsFirst ? 1 : 3;
    long wanted = first.channels().map(Integer::longValue).orElse(-1L);
    Optional<InputShape> rows = ofRows();
    if (rows.isPresent() && array.size() == 2 && array.get(1) == length(rows.get())) {
      return checked(rows.get());
    }
    if (array.size() != 4 || (wanted >= 0 && array.get(axis) != wanted)) {
      String channels = wanted < 0 ? "C" : Long.toString(wanted);
      throw new UnknownInputException(
          "needs "
              + (channelsFirst ? "[N, " + channels + ", H, W]" : "[N, H, W, " + channels + "]")
              + rows.map(shape -> " or [N, " + length(shape) + "]").orElse(""));
    }
    int[] axes = array.stream().mapToInt(Math::toIntExact).toArray();
    return checked(
        channelsFirst
            ? new InputShape(axes[1], axes[2], axes[3])
            : new InputShape(axes[3], axes[1], axes[2]));
  }

  /** The images that the network makes of rows of pixels, which it takes as well. */
  private Optional<InputShape> ofRows() {
    return nodes.stream()
        .filter(node -> node.inputs().contains(input))
        .map(Node::preprocessor)
        .filter(FeedForwardToCnnPreProcessor.class::isInstance)
        .map(FeedForwardToCnnPreProcessor.class::cast)
        .map(
            images ->
                new InputShape(
                    Math.toIntExact(images.getNumChannels()),
                    Math.toIntExact(images.getInputHeight()),
                    Math.toIntExact(images.getInputWidth())))
        .findFirst();
  }

  private static long length(InputShape shape) {
    return (long) shape.channels() * shape.height() * shape.width();
  }

  private NetworkInput checked(InputShape shape) {
    Optional<Integer> channels = first.channels();
    if (channels.isPresent() && channels.get() != shape.channels()) {
      throw new UnknownInputException(
          "reads " + channels.get() + " channels, and " + shape + " has " + shape.channels());
    }
    Optional<List<Fit>> fits = walk(shape.channels(), shape.height(), shape.width());
    if (fits.isEmpty()) {
      throw new UnknownInputException(
          "takes no images of shape "
              + shape
              + ": a layer finds them too small (in mode Strict also: not a multiple of its stride),"
              + " or its branches do not join");
    }
    fits.get().stream()
        .filter(fit -> !fit.fitsHeight() || !fit.fitsWidth())
        .findFirst()
        .ifPresent(
            fit -> {
              throw new UnknownInputException(
                  "takes no images of shape " + shape + ": " + fit.text());
            });
    return input(shape.channels(), shape.height(), shape.width(), Origin.STATED);
  }

  private static boolean fits(List<Fit> fits) {
    return fits.stream().allMatch(fit -> fit.fitsHeight() && fit.fitsWidth());
  }

  private NetworkInput fixed(int channels) {
    List<Integer> heights = new ArrayList<>();
    List<Integer> widths = new ArrayList<>();
    for (int side = 1; side <= LARGEST_SIDE; side++) {
      Optional<List<Fit>> fits = walk(channels, side, side);
      if (fits.isPresent() && fits.get().stream().allMatch(Fit::fitsHeight)) {
        heights.add(side);
      }
      if (fits.isPresent() && fits.get().stream().allMatch(InputSolver::fitsWidth)) {
        widths.add(side);
      }
    }
    return joined(channels, heights, widths)
        .orElseThrow(
            () ->
                new UnknownInputException(
                    "no size up to "
                        + LARGEST_SIDE
                        + " pixels was found that all its layers take; give --input C,H,W"));
  }

  /** A layer that reads numbers, not pixels, tells of both axes at once. */
  private static boolean fitsWidth(Fit fit) {
    return fit.wantedWidth() == 0 ? fit.fitsHeight() : fit.fitsWidth();
  }

  private Optional<NetworkInput> joined(int channels, List<Integer> heights, List<Integer> widths) {
    if (heights.isEmpty() || widths.isEmpty()) {
      return Optional.empty();
    }
    int height = likeliest(heights);
    int width = likeliest(widths);
    return Optional.of(input(channels, height, width, Origin.FIXED))
        .filter(found -> walk(channels, height, width).filter(InputSolver::fits).isPresent());
  }

  /** Strides leave a few sizes to choose from: a usual one, or the one halved most often. */
  private static int likeliest(List<Integer> sides) {
    return USUAL_SIDES.stream()
        .filter(sides::contains)
        .findFirst()
        .orElseGet(
            () ->
                sides.stream()
                    .max(Comparator.comparingInt(Integer::numberOfTrailingZeros))
                    .orElseThrow());
  }

  private NetworkInput input(int channels, int height, int width, Origin origin) {
    return new NetworkInput(new InputShape(channels, height, width), first.format(), origin);
  }

  private Optional<List<Fit>> walk(int channels, int height, int width) {
    return ShapeWalk.walk(
        nodes, input, InputType.convolutional(height, width, channels, first.format()));
  }
}
