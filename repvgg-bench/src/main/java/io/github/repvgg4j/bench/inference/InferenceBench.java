package io.github.repvgg4j.bench.inference;

import io.github.repvgg4j.bench.engine.Contender;
import io.github.repvgg4j.bench.engine.EngineProcess;
import io.github.repvgg4j.bench.engine.Engines;
import io.github.repvgg4j.bench.engine.ModelFiles;
import io.github.repvgg4j.bench.engine.Workload;
import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak.Type;
import io.github.repvgg4j.bench.measure.InterleavedClock;
import io.github.repvgg4j.bench.measure.InterleavedClock.Times;
import io.github.repvgg4j.bench.measure.Machine;
import io.github.repvgg4j.bench.measure.Plausibility;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Opens engines, checks their answers, times them in turns, checks the rates, and then measures the
 * memory of each in a process of its own.
 */
record InferenceBench(Machine machine, InterleavedClock clock, Entry entry, Path python) {

  /**
   * What is measured.
   *
   * @param engines by name
   * @param precisions that those which have them run in
   */
  record Entry(List<String> engines, List<Type> precisions) {}

  private static final Form[] NO_FORM = {};

  private record Entrant(Contender contender, double maxAbsDifference) {}

  /** Opens one, or says in one line why not. */
  @FunctionalInterface
  private interface Opening {
    Contender open() throws IOException;
  }

  /** All engines in all forms they have, each batch size. */
  List<Row> run(Workload workload, List<Integer> batches) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (ModelFiles files = new ModelFiles(workload)) {
      for (int batch : batches) {
        rows.addAll(run(workload, files, batch));
      }
      // Afterwards: other processes' work must not meet the clock.
      rows.replaceAll(
          row -> row.peakMemoryMb() > 0 ? row : row.withPeakMemoryMb(peakMemoryMb(row, files)));
    }
    return rows;
  }

  private List<Row> run(Workload workload, ModelFiles files, int batch) {
    INDArray images = workload.images(batch);
    float[] expected = workload.expected(images);
    List<Entrant> entrants = new ArrayList<>();
    try {
      for (Opening opening : openings(workload, files, images)) {
        try {
          entrants.add(admit(opening.open(), expected));
        } catch (IOException e) {
          System.out.println("not measured: " + e.getMessage());
        }
      }
      List<Runnable> calls = entrants.stream().<Runnable>map(e -> e.contender()::call).toList();
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
    Type precision = Type.of(row.precision());
    EngineProcess process =
        new EngineProcess(
            row.engine(),
            precision,
            form,
            files.file(row.engine(), form, precision),
            row.variant(),
            row.resolution(),
            row.batch());
    return process.run(List.of()).peakMemoryMb();
  }

  private List<Opening> openings(Workload workload, ModelFiles files, INDArray images) {
    List<Opening> openings = new ArrayList<>();
    for (String engine : entry.engines()) {
      if (entry.precisions().contains(Type.INT8)) {
        integers(engine, files, images).ifPresent(openings::add);
      }
      switch (engine) {
        case Engines.FAST ->
            floats().forEach(type -> openings.add(() -> Engines.fast(type, 0, workload, images)));
        case Engines.FAST_DIRECT -> {
          if (entry.precisions().contains(Type.FP32)) {
            openings.add(() -> Engines.fastDirect(workload, images));
          }
        }
        case Engines.OPENVINO ->
            floats()
                .forEach(
                    type ->
                        openings.add(
                            () -> Engines.openVino(python, type, Form.FUSED, files, images)));
        default -> {
          for (Form form : entry.precisions().contains(Type.FP32) ? Form.values() : NO_FORM) {
            openings.add(() -> Engines.open(engine, form, workload, files, images));
          }
        }
      }
    }
    return openings;
  }

  private Optional<Opening> integers(String engine, ModelFiles files, INDArray images) {
    return switch (engine) {
      case Engines.FAST -> Optional.of(() -> Engines.fastIntegers(files, images));
      case Engines.ONNX -> Optional.of(() -> Engines.onnxIntegers(files, images));
      case Engines.OPENVINO ->
          Optional.of(() -> Engines.openVino(python, Type.INT8, Form.FUSED, files, images));
      default -> Optional.empty();
    };
  }

  /** Of floating point: BF16 where the CPU is faster in it. */
  private List<Type> floats() {
    boolean both = machine.peakGflopsBf16() > 1.5 * machine.peakGflopsFp32();
    return entry.precisions().stream()
        .filter(type -> type == Type.FP32 || type == Type.BF16 && both)
        .toList();
  }

  /**
   * Largest distance from float32 of the three branches, relative to the largest logit. Integers of
   * a random network are no nearer: that they are computed exactly, the self-check says.
   */
  private static double bound(Type precision) {
    return switch (precision) {
      case FP32 -> 1e-3;
      case BF16 -> 5e-2;
      case INT8 -> 0.15;
    };
  }

  /** The gate: an engine whose answer is wrong is not timed. */
  private static Entrant admit(Contender contender, float[] expected) {
    float[] actual = contender.run();
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    double bound = bound(contender.precision()) * largest;
    if (actual.length != expected.length || !(difference <= bound)) {
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
    double peak = machine.peak(contender.precision());
    double operations = 2.0 * batch * workload.macs(contender.form());
    String what = contender.engine() + " " + contender.precision() + " batch " + batch;
    double needed = operations / contender.saving();
    new Plausibility(peak).rate(what, needed, times.median());
    double gflops = operations / times.median() / 1e6;
    return new Row(
        contender.engine(),
        contender.precision().label(),
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
        contender.ownPeakMemoryMb(),
        entrant.maxAbsDifference());
  }
}
