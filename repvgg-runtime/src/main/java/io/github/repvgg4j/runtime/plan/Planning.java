package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.onednn.Convolutions;

/**
 * How input shapes are planned.
 *
 * @param shapes how many (batch and resolution) are kept planned
 * @param convolutions which kernels; {@link Convolutions#FASTEST} measures each new shape once a
 *     process, which takes half a second, or as long as two calls with each of two or three kernels
 *     where that is longer; another process may find otherwise and so give other last bits
 * @param weightGrowth how many times the bytes of the network's weights one planned shape's
 *     transformed copies may take; what does not fit is transformed at each call, some 6 % slower
 */
public record Planning(int shapes, Convolutions convolutions, double weightGrowth) {

  public Planning {
    if (shapes < 1) {
      throw new IllegalArgumentException("plans: 1 or more, got " + shapes);
    }
    if (!(weightGrowth >= 0)) {
      throw new IllegalArgumentException("weightGrowth: 0 or more, got " + weightGrowth);
    }
  }
}
