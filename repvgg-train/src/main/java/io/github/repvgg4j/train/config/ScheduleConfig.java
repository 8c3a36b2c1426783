package io.github.repvgg4j.train.config;

import io.github.repvgg4j.train.optim.Course;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the learning rate moves; epochs may be fractions. What is said in iterations counts updates.
 *
 * @param type of the curve
 * @param warmupEpochs linear rise from 0, per iteration, before the curve takes over
 * @param warmupIterations the same in updates; instead of warmupEpochs
 * @param floor last learning rate, for cosine
 * @param every epochs between steps, for step
 * @param everyIterations updates between steps, for step; instead of every
 * @param milestones epochs of the steps, for multistep
 * @param milestoneIterations updates before the steps, for multistep; instead of milestones
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
    @Limit(min = 0) Long warmupIterations,
    @Limit(min = 0) Double floor,
    @Limit(above = 0) Double every,
    @Limit(min = 1) Long everyIterations,
    @Limit(min = 0) List<Double> milestones,
    @Limit(min = 0) List<Long> milestoneIterations,
    @Limit(above = 0) Double gamma,
    @Limit(above = 0) Double power,
    @Limit(min = 0, below = 1) Double rise,
    @Limit(min = 0, max = 1) Double start,
    @Limit(min = 0, below = 1) Double peak,
    @Limit(min = 0, max = 1) Double end) {

  private static final Limits LIMITS = Limits.of(ScheduleConfig.class);

  private static final Collector<CharSequence, ?, String> OR = Collectors.joining(" or ");

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
      new ScheduleConfig(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null);

  public ScheduleConfig {
    type = LIMITS.value("type", type, Type.COSINE);
    requireType(type, "floor", floor, 0.0, Type.COSINE);
    requireType(type, "every", every, 30.0, Type.STEP);
    requireType(type, "everyIterations", everyIterations, null, Type.STEP);
    requireType(type, "milestones", milestones, List.of(), Type.MULTISTEP);
    requireType(type, "milestoneIterations", milestoneIterations, List.of(), Type.MULTISTEP);
    requireType(type, "gamma", gamma, 0.1, Type.STEP, Type.MULTISTEP);
    requireType(type, "power", power, 1.0, Type.POLYNOMIAL);
    requireType(type, "rise", rise, 0.3, Type.ONECYCLE);
    requireType(type, "start", start, 0.2, Type.TRIANGLE);
    requireType(type, "peak", peak, 0.23, Type.TRIANGLE);
    requireType(type, "end", end, 0.07, Type.TRIANGLE);
    warmupIterations = LIMITS.value("warmupIterations", warmupIterations);
    warmupEpochs = instead(warmupIterations, "warmupIterations", "warmupEpochs", warmupEpochs, 0.0);
    floor = LIMITS.value("floor", floor, 0.0);
    everyIterations = LIMITS.value("everyIterations", everyIterations);
    every = instead(everyIterations, "everyIterations", "every", every, 30.0);
    milestoneIterations = LIMITS.value("milestoneIterations", milestoneIterations);
    milestones =
        instead(
            milestoneIterations,
            "milestoneIterations",
            "milestones",
            milestones,
            List.<Double>of());
    milestoneIterations = milestoneIterations == null ? null : List.copyOf(milestoneIterations);
    milestones = milestones == null ? null : List.copyOf(milestones);
    gamma = LIMITS.value("gamma", gamma, 0.1);
    power = LIMITS.value("power", power, 1.0);
    rise = LIMITS.value("rise", rise, 0.3);
    start = LIMITS.value("start", start, 0.2);
    peak = LIMITS.value("peak", peak, 0.23);
    end = LIMITS.value("end", end, 0.07);
    if (type == Type.MULTISTEP
        && (milestones == null ? milestoneIterations : milestones).isEmpty()) {
      throw new IllegalArgumentException(
          "milestones: is required for type: multistep, or milestoneIterations");
    }
  }

  private static void requireType(
      Type type, String key, Object value, Object fallback, Type... types) {
    String names = Stream.of(types).map(t -> t.name().toLowerCase(Locale.ROOT)).collect(OR);
    Limits.requireUse(key, value, fallback, List.of(types).contains(type), "type: " + names);
  }

  /** What is said in epochs, unless it is said in iterations. */
  private static <T> T instead(Object iterations, String other, String key, T epochs, T fallback) {
    if (iterations == null) {
      return LIMITS.value(key, epochs, fallback);
    }
    if (epochs != null) {
      throw new IllegalArgumentException(other + ": excludes " + key + "; remove one of them");
    }
    return null;
  }

  /** The schedule over iterations. */
  Schedule schedule(double rate, Course course) {
    long total = course.updates();
    Schedule curve =
        switch (type) {
          case CONSTANT -> new Schedule.Constant(rate);
          case STEP ->
              everyIterations == null
                  ? new Schedule.EpochStep(rate, course, every, gamma)
                  : new Schedule.Step(rate, everyIterations, gamma);
          case MULTISTEP -> new Schedule.MultiStep(rate, steps(course), gamma);
          case POLYNOMIAL -> new Schedule.Polynomial(rate, total, power);
          case COSINE -> new Schedule.Cosine(rate, total, floor);
          case ONECYCLE -> new Schedule.OneCycle(rate, total, rise, 25, 1e4);
          case TRIANGLE -> new Schedule.Triangle(rate, total, start, peak, end);
        };
    long warmUp = warmUp(course);
    return warmUp > 0 ? new Schedule.WarmUp(warmUp, rate, curve) : curve;
  }

  private long warmUp(Course course) {
    return warmupIterations == null ? course.updatesIn(warmupEpochs) : warmupIterations;
  }

  /** What a run of this course ends before: keys and values. */
  List<String> unreached(Course course) {
    List<String> keys = new ArrayList<>();
    if (warmUp(course) >= course.updates()) {
      keys.add(
          warmupIterations == null
              ? "warmupEpochs: " + warmupEpochs
              : "warmupIterations: " + warmupIterations);
    }
    if (type == Type.STEP && step(course) >= course.updates()) {
      keys.add(everyIterations == null ? "every: " + every : "everyIterations: " + everyIterations);
    }
    if (type == Type.MULTISTEP
        && steps(course).stream().anyMatch(step -> step >= course.updates())) {
      keys.add(
          milestones == null
              ? "milestoneIterations: " + milestoneIterations
              : "milestones: " + milestones);
    }
    return keys;
  }

  private long step(Course course) {
    return everyIterations == null ? course.updatesIn(every) : everyIterations;
  }

  private List<Long> steps(Course course) {
    return milestones == null
        ? milestoneIterations
        : milestones.stream().map(course::updatesIn).toList();
  }
}
