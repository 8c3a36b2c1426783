package io.github.repvgg4j.bench.inference;

import io.github.repvgg4j.bench.engine.Engines;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import io.github.repvgg4j.bench.measure.ClockOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Engines side by side. */
@Command(
    name = "inference",
    mixinStandardHelpOptions = true,
    description = "Times one variant in several engines, each in the forms it has.")
public final class InferenceCommand implements Callable<Integer> {

  @Option(names = "--variant", defaultValue = "A0", description = "Such as A0, B1g4 or article.")
  private String variant;

  @Option(names = "--json", description = "File for the rows.")
  private Path json;

  @Mixin
  private final InferenceOptions options =
      new InferenceOptions(
          List.of(1, 8),
          Engines.ALL,
          List.of(ArithmeticPeak.Type.values()),
          new ClockOptions(40, 5));

  @Override
  public Integer call() throws IOException {
    Report report = options.measure(variant);
    System.out.println(report);
    if (json != null) {
      report.write(json);
    }
    return 0;
  }
}
