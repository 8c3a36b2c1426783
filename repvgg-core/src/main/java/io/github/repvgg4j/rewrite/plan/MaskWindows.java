package io.github.repvgg4j.rewrite.plan;

import io.github.repvgg4j.reparam.Geometry;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Where DL4J reads a mask of a form's source for the mask of its output. A pixel is present where
 * any pixel in any of the windows is: a layer takes the largest value under its kernel ({@code
 * ConvolutionUtils.cnn2dMaskReduction}), a sum is present where one of its branches is.
 *
 * @param windows one for each way through the form
 */
record MaskWindows(Set<Geometry> windows) {

  /** A mask that stays as it is. */
  static final MaskWindows UNCHANGED = new MaskWindows(Set.of(Geometry.POINT));

  MaskWindows {
    windows = Set.copyOf(windows);
  }

  /** These, then {@code next} on the output. */
  MaskWindows then(Geometry next) {
    return each(window -> window.then(next, false));
  }

  /** Those of both branches of a sum. */
  MaskWindows and(MaskWindows other) {
    Set<Geometry> all = new LinkedHashSet<>(windows);
    all.addAll(other.windows);
    return new MaskWindows(all);
  }

  MaskWindows resolvedFor(ImageSize size) {
    return each(window -> window.resolvedFor(size.height(), size.width()));
  }

  /** Whether masks come out as they do of this one window: it is among them and holds the rest. */
  boolean areAllIn(Geometry window) {
    return windows.contains(window)
        && windows.stream().allMatch(other -> window.equals(window.union(other)));
  }

  private MaskWindows each(UnaryOperator<Geometry> change) {
    return new MaskWindows(windows.stream().map(change).collect(Collectors.toSet()));
  }
}
