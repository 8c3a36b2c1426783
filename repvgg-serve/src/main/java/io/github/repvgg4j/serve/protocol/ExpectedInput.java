package io.github.repvgg4j.serve.protocol;

import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.spec.InputShape;
import java.util.List;
import java.util.Optional;

/**
 * What a model takes.
 *
 * @param shape of one image; empty where any size is taken
 * @param channels of one image; empty where that isn't known either
 * @param maxPixels of one image where any size is taken
 * @param maxImages of a request
 */
public record ExpectedInput(
    Optional<InputShape> shape, Optional<Integer> channels, long maxPixels, int maxImages) {

  private static final int MOST_CHANNELS = 1 << 10;

  /**
   * Before more is kept of a request than can be computed.
   *
   * @param images found so far
   */
  void requireFew(int images) throws RequestFault {
    if (images > maxImages) {
      throw RequestFault.bad("a request has at most " + maxImages + " images, this one has more");
    }
  }

  /** As messages say it. */
  private String text() {
    return shape
        .map(s -> "[N, " + s.channels() + ", " + s.height() + ", " + s.width() + "]")
        .orElse("[N, " + channels.map(c -> Integer.toString(c)).orElse("C") + ", H, W]");
  }

  /** The shape of one image of {@code [N, C, H, W]}. */
  InputShape of(List<Long> axes) throws RequestFault {
    boolean fits =
        axes.size() == 4
            && axes.stream().allMatch(axis -> axis >= 1 && axis <= Integer.MAX_VALUE)
            && channels.map(c -> axes.get(1) == (long) c).orElse(true)
            && (shape.isPresent() || axes.get(2) <= maxPixels / axes.get(3))
            && axes.get(1) <= MOST_CHANNELS;
    if (fits) {
      InputShape found =
          new InputShape(
              (int) (long) axes.get(1), (int) (long) axes.get(2), (int) (long) axes.get(3));
      if (shape.map(found::equals).orElse(true)) {
        return found;
      }
    }
    throw RequestFault.bad("images: shape " + text() + " expected, got " + axes);
  }
}
