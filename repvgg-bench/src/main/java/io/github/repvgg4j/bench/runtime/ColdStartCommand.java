package io.github.repvgg4j.bench.runtime;

import io.github.repvgg4j.bench.engine.EngineProcess;
import io.github.repvgg4j.bench.engine.EngineProcess.Measured;
import io.github.repvgg4j.bench.engine.Engines;
import io.github.repvgg4j.bench.engine.ModelFiles;
import io.github.repvgg4j.bench.engine.ResolutionOption;
import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import io.github.repvgg4j.bench.measure.Table;
import java.io.IOException;
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

  private static final List<String> ENGINES =
      List.of(Engines.FAST_DIRECT, Engines.FAST_CHECKED, Engines.DL4J_ACCELERATED, Engines.ONNX);
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
          for (String engine : ENGINES) {
            starts
                .computeIfAbsent(engine + " | " + options, key -> new ArrayList<>())
                .add(process(engine, files).run(JVM_OPTIONS.get(options)));
          }
        }
      }
    }
    print(starts);
    return 0;
  }

  private EngineProcess process(String engine, ModelFiles files) {
    return new EngineProcess(
        engine,
        ArithmeticPeak.Type.FP32,
        Form.FUSED,
        files.file(engine, Form.FUSED),
        NETWORK,
        resolution.side(),
        1);
  }

  private static void print(Map<String, List<Measured>> starts) {
    Table table = new Table("engine | JVM options | median ms | min - max | peak MB");
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
