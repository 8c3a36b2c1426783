package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.measure.Table;
import io.github.repvgg4j.bench.serving.Fault.Outcome;
import io.github.repvgg4j.bench.serving.Fault.Stage;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What goes wrong in a server's life, one after another. */
@Command(
    name = "faults",
    mixinStandardHelpOptions = true,
    description =
        "A killed server, replaced and bad models, full disks, silent and broken clients.")
public final class FaultsCommand implements Callable<Integer> {

  private static final long SEED = 19;

  @Mixin private ServingOptions options;

  @Option(names = "--swaps", defaultValue = "100")
  private int swaps;

  @Option(names = "--silent", defaultValue = "1000", description = "Connections.")
  private int silent;

  @Option(names = "--fuzzed", defaultValue = "10000", description = "Requests.")
  private int fuzzed;

  @Option(names = "--only", defaultValue = "", description = "Those with this in their name.")
  private String only;

  @Override
  public Integer call() throws Exception {
    ServingFiles files = options.files();
    Stage stage = new Stage(options, files, Expected.of(files, options.arithmetic()));
    List<Fault> faults =
        List.of(
            new KilledFault(),
            new SwappedFault(swaps),
            new BadModelFault(),
            new FullDiskFault(),
            new SilentFault(silent, 0),
            new SilentFault(silent / 5, 0.5),
            new FuzzedFault(fuzzed, SEED));
    Table table = new Table("fault | held | what was seen");
    boolean allHeld = true;
    for (Fault fault : faults) {
      if (fault.name().contains(only)) {
        Outcome outcome = fault.happen(stage);
        allHeld &= outcome.held();
        table.row("%s | %s | %s", fault.name(), outcome.held() ? "yes" : "NO", outcome.text());
      }
    }
    System.out.print(table);
    return allHeld ? 0 : 1;
  }
}
