package io.github.repvgg4j.train.config;

import io.github.repvgg4j.train.optim.Averaging;
import io.github.repvgg4j.train.optim.Course;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;

/**
 * Slow weights behind fast ones.
 *
 * @param every steps between two meetings
 * @param alpha share of the way that the slow weights go
 * @param rampPower the share kept, 1 - alpha, is multiplied by (t / total)^rampPower; 0 for the
 *     paper's Lookahead
 * @param startEpoch before it there are fast weights only
 */
public record LookaheadConfig(
    @Limit(min = 1) Integer every,
    @Limit(above = 0, max = 1) Double alpha,
    @Limit(min = 0) Double rampPower,
    @Limit(min = 0) Double startEpoch) {

  private static final Limits LIMITS = Limits.of(LookaheadConfig.class);

  public LookaheadConfig {
    every = LIMITS.value("every", every, 5);
    alpha = LIMITS.value("alpha", alpha, 0.5);
    rampPower = LIMITS.value("rampPower", rampPower, 0.0);
    startEpoch = LIMITS.value("startEpoch", startEpoch, 0.0);
  }

  Averaging.Lookahead averaging(Course course) {
    return new Averaging.Lookahead(
        every, alpha, rampPower, course.updatesIn(startEpoch), course.updates());
  }
}
