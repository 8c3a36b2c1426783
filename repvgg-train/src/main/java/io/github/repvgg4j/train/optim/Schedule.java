package io.github.repvgg4j.train.optim;

import java.util.List;

/**
 * The learning rate of each iteration, counted from 0. Definitions follow {@code
 * torch.optim.lr_scheduler} of PyTorch 1.13, stepped once an iteration.
 */
public sealed interface Schedule
    permits Schedule.Constant,
        Schedule.Step,
        Schedule.EpochStep,
        Schedule.MultiStep,
        Schedule.Polynomial,
        Schedule.Cosine,
        Schedule.OneCycle,
        Schedule.Triangle,
        Schedule.Exponential,
        Schedule.WarmUp {

  /** Learning rate of iteration {@code t}. */
  double at(long t);

  /** The same rate throughout. */
  record Constant(double rate) implements Schedule {
    @Override
    public double at(long t) {
      return rate;
    }
  }

  /** Times {@code gamma} every {@code every} iterations ({@code StepLR}). */
  record Step(double rate, long every, double gamma) implements Schedule {
    @Override
    public double at(long t) {
      return rate * Math.pow(gamma, t / every);
    }
  }

  /** The same by epochs, whose updates may grow fewer. */
  record EpochStep(double rate, Course course, double every, double gamma) implements Schedule {

    /** So that a sum of fractions which is an epoch counts as one. */
    private static final double ROUNDING = 1e-9;

    @Override
    public double at(long t) {
      return rate * Math.pow(gamma, Math.floor(course.epochsIn(t) / every + ROUNDING));
    }
  }

  /** Times {@code gamma} at each milestone ({@code MultiStepLR}). */
  record MultiStep(double rate, List<Long> milestones, double gamma) implements Schedule {
    public MultiStep {
      milestones = List.copyOf(milestones);
    }

    @Override
    public double at(long t) {
      long passed = milestones.stream().filter(milestone -> milestone <= t).count();
      return rate * Math.pow(gamma, passed);
    }
  }

  /** {@code rate (1 - t / total)^power} ({@code PolynomialLR}). */
  record Polynomial(double rate, long total, double power) implements Schedule {
    @Override
    public double at(long t) {
      return rate * Math.pow(1 - (double) Math.min(t, total) / total, power);
    }
  }

  /** Half a cosine from {@code rate} to {@code floor} ({@code CosineAnnealingLR}). */
  record Cosine(double rate, long total, double floor) implements Schedule {
    @Override
    public double at(long t) {
      double progress = (double) Math.min(t, total) / total;
      return floor + (rate - floor) * (1 + Math.cos(Math.PI * progress)) / 2;
    }
  }

  /**
   * Up from {@code rate / startDivisor} to {@code rate} over the first {@code rise} share of the
   * run, down to {@code rate / startDivisor / endDivisor}, both by half a cosine ({@code
   * OneCycleLR}).
   */
  record OneCycle(double rate, long total, double rise, double startDivisor, double endDivisor)
      implements Schedule {
    @Override
    public double at(long t) {
      double start = rate / startDivisor;
      double top = rise * total - 1;
      double end = total - 1.0;
      return t <= top
          ? between(start, rate, top == 0 ? 1 : t / top)
          : between(rate, start / endDivisor, Math.min(1, (t - top) / (end - top)));
    }

    private static double between(double from, double to, double progress) {
      return to + (from - to) / 2 * (1 + Math.cos(Math.PI * progress));
    }
  }

  /**
   * From {@code start rate} in a line to {@code rate} at {@code peak total} (rounded down), then in
   * a line to {@code end rate} (KellerJordan/cifar10-airbench).
   */
  record Triangle(double rate, long total, double start, double peak, double end)
      implements Schedule {
    @Override
    public double at(long t) {
      long top = (long) (peak * total);
      return t < top
          ? rate * (start + (1 - start) * t / top)
          : rate * (1 + (end - 1) * (Math.min(t, total) - top) / (total - top));
    }
  }

  /**
   * From {@code from} to {@code to} over {@code total} iterations, by the same factor each: for
   * finding a rate (Smith, arXiv 1506.01186).
   */
  record Exponential(double from, double to, long total) implements Schedule {
    @Override
    public double at(long t) {
      return from * Math.pow(to / from, (double) t / Math.max(1, total - 1));
    }
  }

  /**
   * From 0 in a line over the first {@code iterations}; then what {@code then} says of the same
   * iteration. The reference does it so: the cosine below the warm-up has already begun.
   */
  record WarmUp(long iterations, double rate, Schedule then) implements Schedule {
    @Override
    public double at(long t) {
      return t < iterations ? rate * t / iterations : then.at(t);
    }
  }
}
