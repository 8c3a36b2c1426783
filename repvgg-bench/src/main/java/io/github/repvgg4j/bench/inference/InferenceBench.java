package io.github.repvgg4j.bench.inference;

import io.github.repvgg4j.bench.engine.Contender;
import io.github.repvgg4j.bench.engine.EngineProcess;
import io.github.repvgg4j.bench.engine.Engines;
import io.github.repvgg4j.bench.engine.ModelFiles;
import io.github.repvgg4j.bench.engine.Workload;
import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import io.github.repvgg4j.bench.measure.InterleavedClock;
import io.github.repvgg4j.bench.measure.InterleavedClock.Times;
import io.github.repvgg4j.bench.measure.Machine;
import io.github.repvgg4j.bench.measure.Plausibility;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Opens engines, checks their answers, times them in turns, checks the rates, and then measures the
 * memory of each in a process of its own.
 */
record InferenceBench(Machine machine, InterleavedClock clock, List<String> engines) {

  private record Entrant(Contender contender, double maxAbsDifference) {}

  /** All engines in all forms they have, each batch size. */
  List<Row> run(Workload workload, List<Integer> batches) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (ModelFiles files = new ModelFiles(workload)) {
      for (int batch : batches) {
        rows.addAll(run(workload, files, batch));
      }
      // Afterwards: other processes' work must not meet the clock.
      rows.replaceAll(row -> row.withPeakMemoryMb(peakMemoryMb(row, files)));
    }
    return rows;
  }

  private List<Row> run(Workload workload, ModelFiles files, int batch) {
    INDArray images = workload.images(batch);
    float[] expected = workload.expected(images);
    List<Entrant> entrants = new ArrayList<>();
    try {
      for (Supplier<Contender> opening : openings(workload, files, images)) {
        entrants.add(admit(opening, expected));
      }
      List<Runnable> calls = entrants.stream().<Runnable>map(e -> e.contender()::run).toList();
      List<Times> times = clock.run(calls);
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < entrants.size(); i++) {
        rows.add(row(workload, batch, entrants.get(i), times.get(i)));
      }
      return rows;
    } finally {
      entrants.forEach(e -> e.contender().close());
      images.close();
    }
  }

  private static long peakMemoryMb(Row row, ModelFiles files) {
    Form form = Form.of(row.form());
    EngineProcess process =
        new EngineProcess(
            row.engine(),
            ArithmeticPeak.Type.valueOf(row.precision().toUpperCase(Locale.ROOT)),
            form,
            files.file(row.engine(), form),
            row.variant(),
            row.resolution(),
            row.batch());
    return process.run(List.of()).peakMemoryMb();
  }

  private List<Supplier<Contender>> openings(Workload workload, ModelFiles files, INDArray images) {
    List<Supplier<Contender>> openings = new ArrayList<>();
    for (String engine : engines) {
      if (engine.equals(Engines.FAST)) {
        openings.add(() -> Engines.fast(ArithmeticPeak.Type.FP32, 0, workload, images));
        if (machine.peakGflopsBf16() > 1.5 * machine.peakGflopsFp32()) {
          openings.add(() -> Engines.fast(ArithmeticPeak.Type.BF16, 0, workload, images));
        }
      } else {
        for (Form form : Form.values()) {
          openings.add(() -> Engines.open(engine, form, workload, files, images));
        }
      }
    }
    return openings;
  }

  /** The gate: an engine whose answer is wrong is not timed. */
  private static Entrant admit(Supplier<Contender> opening, float[] expected) {
    Contender contender = opening.get();
    float[] actual = contender.run();
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    double bound = contender.precision() == ArithmeticPeak.Type.BF16 ? 5e-2 : 1e-3;
    if (actual.length != expected.length || !(difference <= bound * largest)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%s %s %s: wrong answer, differs from Deeplearning4j by %.2e of %.2e; not timed",
              contender.engine(),
              contender.precision(),
              contender.form().label(),
              difference,
              largest));
    }
    return new Entrant(contender, difference);
  }

  private Row row(Workload workload, int batch, Entrant entrant, Times times) {
    Contender contender = entrant.contender();
    double peak =
        contender.precision() == ArithmeticPeak.Type.BF16
            ? machine.peakGflopsBf16()
            : machine.peakGflopsFp32();
    double operations = 2.0 * batch * workload.macs(contender.form());
    String what = contender.engine() + " " + contender.precision() + " batch " + batch;
    double gflops = new Plausibility(peak).rate(what, operations, times.median());
    return new Row(
        contender.engine(),
        contender.precision().name().toLowerCase(Locale.ROOT),
        contender.form().label(),
        workload.label(),
        batch,
        workload.spec().input().height(),
        machine.threads(),
        times.median(),
        times.quantile(0.1),
        times.quantile(0.9),
        1000 * batch / times.median(),
        gflops,
        gflops / peak,
        0,
        entrant.maxAbsDifference());
  }
}
