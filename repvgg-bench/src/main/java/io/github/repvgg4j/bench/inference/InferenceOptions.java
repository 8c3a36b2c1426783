package io.github.repvgg4j.bench.inference;

import io.github.repvgg4j.bench.engine.ResolutionOption;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import io.github.repvgg4j.bench.measure.ClockOptions;
import io.github.repvgg4j.bench.measure.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is measured beside what. */
final class InferenceOptions {

  @Option(names = "--batch", split = ",", description = "Batch sizes (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches;

  @Option(names = "--engines", split = ",", description = "Default: ${DEFAULT-VALUE}.")
  private List<String> engines;

  @Option(
      names = "--precisions",
      split = ",",
      description = "Of fp32, bf16 and int8 (default: ${DEFAULT-VALUE}).")
  private List<ArithmeticPeak.Type> precisions;

  @Option(
      names = "--python",
      defaultValue = "python3",
      description = "With openvino (default: ${DEFAULT-VALUE}); without, its rows are left out.")
  private Path python;

  @Mixin private ResolutionOption resolution;
  @Mixin private final ClockOptions clock;

  /** What holds where nothing is said. */
  InferenceOptions(
      List<Integer> batches,
      List<String> engines,
      List<ArithmeticPeak.Type> precisions,
      ClockOptions clock) {
    this.batches = batches;
    this.engines = engines;
    this.precisions = precisions;
    this.clock = clock;
  }

  int resolution() {
    return resolution.side();
  }

  /** Measures a published network. */
  Report measure(String variant) throws IOException {
    Machine machine = Machine.here();
    InferenceBench bench =
        new InferenceBench(
            machine, clock.clock(), new InferenceBench.Entry(engines, precisions), python);
    return new Report(machine, bench.run(resolution.workload(variant), batches));
  }
}
