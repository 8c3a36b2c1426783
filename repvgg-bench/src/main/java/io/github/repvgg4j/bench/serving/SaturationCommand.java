package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.bench.measure.Table;
import io.github.repvgg4j.bench.serving.Load.Pace;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How much of the runtime's throughput is left behind HTTP. */
@Command(
    name = "saturation",
    mixinStandardHelpOptions = true,
    description =
        "Images a second through the server and by the runtime called directly, in turns.")
public final class SaturationCommand implements Callable<Integer> {

  @Mixin private ServingOptions options;

  @Option(names = "--seconds", defaultValue = "20", description = "Of each turn.")
  private double seconds;

  @Option(names = "--warm-up", defaultValue = "15", description = "Seconds before each turn.")
  private double warmUp;

  @Option(names = "--rounds", defaultValue = "3")
  private int rounds;

  @Option(names = "--connections", defaultValue = "8")
  private int connections;

  private record Turn(double direct, LoadResult served, double clientShare) {}

  @Override
  public Integer call() throws Exception {
    ServingFiles files = options.files();
    Expected expected = Expected.of(files, options.arithmetic());
    Table table =
        new Table(
            "sent | direct, images/s | served, images/s | served / direct | p50 ms | p99 ms"
                + " | client's share of CPU | wrong");
    for (Calls calls : Calls.values()) {
      List<Turn> turns = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        turns.add(new Turn(direct(calls, files, expected), null, 0));
        turns.set(round, served(calls, files, expected, turns.get(round).direct()));
      }
      turns.sort((a, b) -> Double.compare(ratio(a), ratio(b)));
      Turn median = turns.get(turns.size() / 2);
      table.row(
          "%s | %.1f | %.1f | %.2f | %.1f | %.1f | %.0f %% | %d",
          calls,
          median.direct(),
          median.served().perSecond(),
          ratio(median),
          median.served().millis(0.5),
          median.served().millis(0.99),
          100 * median.clientShare(),
          turns.stream().mapToLong(t -> t.served().wrong() + t.served().failed()).sum());
    }
    System.out.print(table);
    return 0;
  }

  private static double ratio(Turn turn) {
    return turn.served().perSecond() / turn.direct();
  }

  private double direct(Calls calls, ServingFiles files, Expected expected) throws Exception {
    try (Direct direct = new Direct(files, options.arithmetic())) {
      if (calls == Calls.TENSOR) {
        direct.tensors(expected.inputs(), warmUp);
        return direct.tensors(expected.inputs(), seconds);
      }
      ImagePreprocessor preprocessor = new ImagePreprocessor(Preprocessing.IMAGENET, files.shape());
      List<byte[]> jpegs = new ArrayList<>();
      for (Path image : files.images()) {
        jpegs.add(Files.readAllBytes(image));
      }
      direct.jpegs(preprocessor, jpegs, warmUp);
      return direct.jpegs(preprocessor, jpegs, seconds);
    }
  }

  private Turn served(Calls calls, ServingFiles files, Expected expected, double direct)
      throws Exception {
    try (ServerProcess server = options.start().with(options.serving(files.zip()))) {
      Load load =
          new Load(
              server.address(),
              calls.of(files, expected, server.address()),
              connections,
              Pace.fullFor(seconds));
      load.at(Pace.fullFor(warmUp)).run();
      double serverBefore = server.cpuSeconds();
      double clientBefore = ownCpuSeconds();
      LoadResult result = load.run();
      double client = ownCpuSeconds() - clientBefore;
      return new Turn(direct, result, client / (client + server.cpuSeconds() - serverBefore));
    }
  }

  private static double ownCpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }
}
