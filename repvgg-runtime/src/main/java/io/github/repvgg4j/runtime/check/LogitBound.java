package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.plan.Kernel;
import java.util.Locale;

/**
 * How far rounding can take the logits of one image, in units of the largest |logit|: to first
 * order in u = 2^-24, around what the layers' definitions give in exact arithmetic.
 *
 * @param kernel that computes the 3x3 convolutions that it can compute
 * @param worst not exceeded, however the roundings conspire
 * @param estimated exceeded with a probability below 1e-9 where roundings are independent and
 *     spread evenly
 * @param logits how many were looked at, the largest first
 */
public record LogitBound(Kernel kernel, double worst, double estimated, int logits) {

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: rounding takes the %d largest logits no further than %.1e (estimated %.1e)",
        kernel.name().toLowerCase(Locale.ROOT).replace('_', '-'),
        logits,
        worst,
        estimated);
  }
}
