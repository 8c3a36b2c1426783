package io.github.repvgg4j.bench;

import io.github.repvgg4j.bench.EngineProcess.Measured;
import io.github.repvgg4j.bench.Workload.Form;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggVariant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * From the JVM's start to the first answer, as a function that is started for a request feels it.
 */
@Command(
    name = "cold-start",
    mixinStandardHelpOptions = true,
    description = "Milliseconds from the start of a JVM to the first answer, in several engines.")
final class ColdStartCommand implements Callable<Integer> {

  private static final Map<String, List<String>> JVM_OPTIONS = new LinkedHashMap<>();

  static {
    JVM_OPTIONS.put("default", List.of());
    JVM_OPTIONS.put("short-lived", List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
  }

  private static final List<String> ENGINES =
      List.of(
          FastContender.ENGINE,
          "fast-runtime-checked",
          Dl4jContender.ACCELERATED,
          OnnxContender.ENGINE);

  @Option(names = "--rounds", defaultValue = "5")
  private int rounds;

  @Option(names = "--resolution", defaultValue = "224")
  private int resolution;

  @Override
  public Integer call() throws IOException {
    Workload workload =
        Workload.of("A0", RepVggVariant.A0.spec(1000, InputShape.square(resolution)));
    Map<String, List<Measured>> starts = new LinkedHashMap<>();
    try (ModelFiles files = new ModelFiles(workload)) {
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
        "A0",
        resolution,
        1);
  }

  private static void print(Map<String, List<Measured>> starts) {
    System.out.println("| engine | JVM options | median ms | min - max | peak MB |");
    System.out.println("| --- | --- | --- | --- | --- |");
    starts.forEach(
        (name, list) -> {
          double[] millis =
              list.stream().mapToDouble(Measured::firstAnswerMillis).sorted().toArray();
          long memory = list.stream().mapToLong(Measured::peakMemoryMb).max().orElse(0);
          System.out.printf(
              Locale.ROOT,
              "| %s | %.0f | %.0f - %.0f | %d |%n",
              name,
              millis[millis.length / 2],
              millis[0],
              millis[millis.length - 1],
              memory);
        });
  }
}
