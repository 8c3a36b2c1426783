package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.GraphShapes;
import io.github.repvgg4j.runtime.graph.UnsupportedLayerException;
import io.github.repvgg4j.spec.InputShape;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How many images of what size a self-check by loops in Java takes: what a second or so computes.
 *
 * @param image shape of one
 */
record ProbeShape(InputShape image, int images) {

  private static final int[] SIDES = {64, 48, 32, 96, 128, 224, 256, 299, 331, 512};
  private static final int LARGEST_SIDE = 1024;
  private static final long MACS = 600_000_000;
  private static final int MOST_IMAGES = 4;

  /**
   * The first size that the network takes: of {@code input} where only that will do, else a small
   * one.
   *
   * @param input that the file states
   */
  static ProbeShape of(FastGraph graph, Optional<InputShape> input) {
    InputShape image =
        Stream.concat(
                input.filter(shape -> graph.isOfOneSize() || isSmall(shape)).stream(),
                sides(graph).mapToObj(side -> new InputShape(graph.channels(), side, side)))
            .filter(shape -> GraphShapes.fits(graph, shape))
            .findFirst()
            .orElseThrow(
                () ->
                    new UnsupportedLayerException(
                        "configuration.json",
                        "no square image up to " + LARGEST_SIDE + " fits for a self-check",
                        "load it with SelfCheck.SKIP"));
    long macs = Math.max(1, GraphShapes.of(graph, image).macs());
    return new ProbeShape(image, (int) Math.max(1, Math.min(MOST_IMAGES, MACS / macs)));
  }

  private static boolean isSmall(InputShape shape) {
    return shape.height() <= SIDES[0] && shape.width() <= SIDES[0];
  }

  private static IntStream sides(FastGraph graph) {
    return graph.isOfOneSize()
        ? IntStream.rangeClosed(1, LARGEST_SIDE)
        : IntStream.concat(IntStream.of(SIDES), IntStream.rangeClosed(1, LARGEST_SIDE));
  }
}
