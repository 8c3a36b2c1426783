package io.github.repvgg4j.bench;

import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggVariant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Engines side by side. */
@Command(
    name = "inference",
    mixinStandardHelpOptions = true,
    description = "Times one variant in several engines, each in the forms it has.")
final class InferenceCommand implements Callable<Integer> {

  @Option(names = "--quick", description = "Three rounds, for a first look.")
  private boolean quick;

  @Option(names = "--variant", defaultValue = "A0", description = "Such as A0, B1g4 or article.")
  private String variant;

  @Option(names = "--batch", split = ",", defaultValue = "1,8", description = "Batch sizes.")
  private List<Integer> batches;

  @Option(names = "--resolution", defaultValue = "224", description = "Side of the images.")
  private int resolution;

  @Option(names = "--engines", split = ",", description = "Default: all.")
  private List<String> engines = InferenceBench.ENGINES;

  @Option(names = "--seconds", defaultValue = "40", description = "For each batch size.")
  private double seconds;

  @Option(names = "--json", description = "File for the rows.")
  private Path json;

  @Override
  public Integer call() throws IOException {
    Machine machine = Machine.here();
    InterleavedClock clock = quick ? new InterleavedClock(0, 3) : new InterleavedClock(seconds, 5);
    Workload workload =
        Workload.of(variant, RepVggVariant.of(variant).spec(1000, InputShape.square(resolution)));
    InferenceBench bench = new InferenceBench(machine, clock, engines);
    List<Row> rows = bench.run(workload, batches);
    Report report = new Report(machine, rows);
    System.out.println(report);
    if (json != null) {
      report.write(json);
    }
    return 0;
  }
}
