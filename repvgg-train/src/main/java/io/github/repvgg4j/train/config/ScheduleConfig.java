package io.github.repvgg4j.train.config;

import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;
import java.util.List;

/**
 * How the learning rate moves; epochs may be fractions.
 *
 * @param type of the curve
 * @param warmupEpochs linear rise from 0, per iteration, before the curve takes over
 * @param floor last learning rate, for cosine
 * @param every epochs between steps, for step
 * @param milestones epochs of the steps, for multistep
 * @param gamma factor of a step, for step and multistep
 * @param power for polynomial
 * @param rise share of the run that rises, for onecycle
 * @param start share of the highest rate that it begins with, for triangle
 * @param peak share of the run that rises, for triangle
 * @param end share of the highest rate that it ends with, for triangle
 */
public record ScheduleConfig(
    Type type,
    @Limit(min = 0) Double warmupEpochs,
    @Limit(min = 0) Double floor,
    @Limit(above = 0) Double every,
    @Limit(min = 0) List<Double> milestones,
    @Limit(above = 0) Double gamma,
    @Limit(above = 0) Double power,
    @Limit(min = 0, below = 1) Double rise,
    @Limit(min = 0, max = 1) Double start,
    @Limit(min = 0, below = 1) Double peak,
    @Limit(min = 0, max = 1) Double end) {

  private static final Limits LIMITS = Limits.of(ScheduleConfig.class);

  /** Curves. */
  public enum Type {
    CONSTANT,
    STEP,
    MULTISTEP,
    POLYNOMIAL,
    COSINE,
    ONECYCLE,
    TRIANGLE
  }

  static final ScheduleConfig DEFAULT =
      new ScheduleConfig(null, null, null, null, null, null, null, null, null, null, null);

  public ScheduleConfig {
    type = LIMITS.value("type", type, Type.COSINE);
    warmupEpochs = LIMITS.value("warmupEpochs", warmupEpochs, 0.0);
    floor = LIMITS.value("floor", floor, 0.0);
    every = LIMITS.value("every", every, 30.0);
    milestones = List.copyOf(LIMITS.value("milestones", milestones, List.<Double>of()));
    gamma = LIMITS.value("gamma", gamma, 0.1);
    power = LIMITS.value("power", power, 1.0);
    rise = LIMITS.value("rise", rise, 0.3);
    start = LIMITS.value("start", start, 0.2);
    peak = LIMITS.value("peak", peak, 0.23);
    end = LIMITS.value("end", end, 0.07);
    if (type == Type.MULTISTEP && milestones.isEmpty()) {
      throw new IllegalArgumentException("milestones: is required for type: multistep");
    }
  }

  /** The schedule over iterations. */
  Schedule schedule(double rate, int epochs, long iterationsPerEpoch) {
    long total = epochs * iterationsPerEpoch;
    Schedule curve =
        switch (type) {
          case CONSTANT -> new Schedule.Constant(rate);
          case STEP ->
              new Schedule.Step(rate, Math.max(1, Math.round(every * iterationsPerEpoch)), gamma);
          case MULTISTEP ->
              new Schedule.MultiStep(
                  rate,
                  milestones.stream().map(epoch -> Math.round(epoch * iterationsPerEpoch)).toList(),
                  gamma);
          case POLYNOMIAL -> new Schedule.Polynomial(rate, total, power);
          case COSINE -> new Schedule.Cosine(rate, total, floor);
          case ONECYCLE -> new Schedule.OneCycle(rate, total, rise, 25, 1e4);
          case TRIANGLE -> new Schedule.Triangle(rate, total, start, peak, end);
        };
    long warmUp = Math.round(warmupEpochs * iterationsPerEpoch);
    return warmUp > 0 ? new Schedule.WarmUp(warmUp, rate, curve) : curve;
  }
}
