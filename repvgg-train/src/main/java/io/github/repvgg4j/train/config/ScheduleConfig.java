package io.github.repvgg4j.train.config;

import io.github.repvgg4j.train.optim.Schedule;
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
 */
public record ScheduleConfig(
    Type type,
    Double warmupEpochs,
    Double floor,
    Double every,
    List<Double> milestones,
    Double gamma,
    Double power,
    Double rise) {

  /** Curves. */
  public enum Type {
    CONSTANT,
    STEP,
    MULTISTEP,
    POLYNOMIAL,
    COSINE,
    ONECYCLE
  }

  static final ScheduleConfig DEFAULT =
      new ScheduleConfig(null, null, null, null, null, null, null, null);

  public ScheduleConfig {
    type = Check.orElse(type, Type.COSINE);
    warmupEpochs = Check.notNegative("warmupEpochs", warmupEpochs, 0);
    floor = Check.notNegative("floor", floor, 0);
    every = Check.positive("every", every, 30);
    milestones = List.copyOf(Check.orElse(milestones, List.<Double>of()));
    gamma = Check.positive("gamma", gamma, 0.1);
    power = Check.positive("power", power, 1);
    rise = Check.within(0, 1, "rise", rise, 0.3);
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
        };
    long warmUp = Math.round(warmupEpochs * iterationsPerEpoch);
    return warmUp > 0 ? new Schedule.WarmUp(warmUp, rate, curve) : curve;
  }
}
