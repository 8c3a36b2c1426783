package io.github.repvgg4j.bench.runtime;

import io.github.repvgg4j.bench.engine.EngineProcess;
import io.github.repvgg4j.bench.engine.EngineProcess.Measured;
import io.github.repvgg4j.bench.engine.Engines;
import io.github.repvgg4j.bench.engine.ModelFiles;
import io.github.repvgg4j.bench.engine.ResolutionOption;
import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak.Type;
import io.github.repvgg4j.bench.measure.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * From the JVM's start to the first answer, as a function that is started for a request feels it.
 */
@Command(
    name = "cold-start",
    mixinStandardHelpOptions = true,
    description = "Milliseconds from the start of a JVM to the first answer, in several engines.")
public final class ColdStartCommand implements Callable<Integer> {

  private static final Map<String, List<String>> JVM_OPTIONS = new LinkedHashMap<>();

  static {
    JVM_OPTIONS.put("default", List.of());
    JVM_OPTIONS.put("short-lived", List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
  }

  /** What of an INT8 zip a start reads. */
  private enum Weights {
    ALL,
    LEAN
  }

  private record Start(String engine, Type precision, Weights weights) {

    String label() {
      return engine + " | " + precision.label() + (weights == Weights.LEAN ? ", lean" : "");
    }

    Path file(ModelFiles files) {
      return weights == Weights.LEAN ? files.lean() : files.file(engine, Form.FUSED, precision);
    }
  }

  private static final List<Start> STARTS =
      List.of(
          new Start(Engines.FAST, Type.FP32, Weights.ALL),
          new Start(Engines.FAST, Type.INT8, Weights.ALL),
          new Start(Engines.FAST, Type.INT8, Weights.LEAN),
          new Start(Engines.FAST_CHECKED, Type.FP32, Weights.ALL),
          new Start(Engines.FAST_CHECKED, Type.INT8, Weights.ALL),
          new Start(Engines.DL4J_ACCELERATED, Type.FP32, Weights.ALL),
          new Start(Engines.ONNX, Type.FP32, Weights.ALL),
          new Start(Engines.ONNX, Type.INT8, Weights.ALL));

  private static final String NETWORK = "A0";

  @Option(names = "--rounds", defaultValue = "5")
  private int rounds;

  @Mixin private ResolutionOption resolution;

  @Override
  public Integer call() throws IOException {
    Map<String, List<Measured>> starts = new LinkedHashMap<>();
    try (ModelFiles files = new ModelFiles(resolution.workload(NETWORK))) {
      for (int round = 0; round < rounds; round++) {
        for (String options : JVM_OPTIONS.keySet()) {
          for (Start start : STARTS) {
            starts
                .computeIfAbsent(start.label() + " | " + options, key -> new ArrayList<>())
                .add(process(start, files).run(JVM_OPTIONS.get(options)));
          }
        }
      }
    }
    print(starts);
    return 0;
  }

  private EngineProcess process(Start start, ModelFiles files) {
    return new EngineProcess(
        start.engine(),
        start.precision(),
        Form.FUSED,
        start.file(files),
        NETWORK,
        resolution.side(),
        1);
  }

  private static void print(Map<String, List<Measured>> starts) {
    Table table = new Table("engine | precision | JVM options | median ms | min - max | peak MB");
    starts.forEach(
        (name, list) -> {
          double[] millis =
              list.stream().mapToDouble(Measured::firstAnswerMillis).sorted().toArray();
          long memory = list.stream().mapToLong(Measured::peakMemoryMb).max().orElse(0);
          table.row(
              "%s | %.0f | %.0f - %.0f | %d",
              name, millis[millis.length / 2], millis[0], millis[millis.length - 1], memory);
        });
    System.out.print(table);
  }
}
