package io.github.repvgg4j.bench.runtime;

import io.github.repvgg4j.bench.engine.Contender;
import io.github.repvgg4j.bench.engine.Engines;
import io.github.repvgg4j.bench.engine.Workload;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import io.github.repvgg4j.bench.measure.ClockOptions;
import io.github.repvgg4j.bench.measure.Plausibility;
import io.github.repvgg4j.bench.measure.Table;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggVariant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** How the time of the fast runtime grows with batch, resolution, width and threads. */
@Command(
    name = "scaling",
    mixinStandardHelpOptions = true,
    description = "Time of fast-runtime FP32 against batch, resolution, width and threads.")
public final class ScalingCommand implements Callable<Integer> {

  @Mixin private final ClockOptions clock = new ClockOptions(2, 3);

  private final RepVggSpec base = RepVggVariant.A0.spec(1000, InputShape.square(224));

  @Override
  public Integer call() {
    print("batch", List.of(1, 2, 4, 8, 16), b -> millis(base, b, 0), 1);
    print(
        "resolution",
        List.of(96, 128, 160, 224, 320),
        r -> millis(base.withInput(InputShape.square(r)), 1, 0),
        1);
    print("width in 1/64 of stage 1", List.of(32, 48, 64, 96), w -> millis(width(w), 1, 0), 1);
    List<Integer> threads = new ArrayList<>();
    for (int t = 1; t <= Runtime.getRuntime().availableProcessors(); t *= 2) {
      threads.add(t);
    }
    print("threads", threads, t -> millis(base, 8, t), 8);
    return 0;
  }

  private static RepVggSpec width(int first) {
    return RepVggSpec.of(
        List.of(2, 4, 14, 1),
        List.of(Math.min(64, first), first, 2 * first, 4 * first, 16 * first),
        1000,
        InputShape.square(224));
  }

  /** Median of one point, checked as every other measurement. */
  private double millis(RepVggSpec spec, int batch, int threads) {
    Workload workload = Workload.of("A0", spec);
    var images = workload.images(batch);
    try (Contender contender = Engines.fast(ArithmeticPeak.Type.FP32, threads, workload, images)) {
      double median = clock.clock().run(List.of(contender::run)).get(0).median();
      new Plausibility(peak).rate("scaling", 2.0 * batch * workload.macs(contender.form()), median);
      return median;
    }
  }

  private final double peak = ArithmeticPeak.gflops(ArithmeticPeak.Type.FP32);

  private static void print(
      String what, List<Integer> points, java.util.function.IntToDoubleFunction time, int batch) {
    String stated = what.equals("batch") ? "as stated" : Integer.toString(batch);
    Table table = new Table(what + " | median ms (batch " + stated + ") | grows as");
    double lastTime = 0;
    int lastPoint = 0;
    for (int point : points) {
      double millis = time.applyAsDouble(point);
      String growth =
          lastPoint == 0
              ? ""
              : String.format(
                  Locale.ROOT,
                  "%s^%.2f",
                  what.split(" ")[0],
                  Math.log(millis / lastTime) / Math.log((double) point / lastPoint));
      table.row("%d | %.2f | %s", point, millis, growth);
      lastTime = millis;
      lastPoint = point;
    }
    System.out.print("\n" + table);
  }
}
