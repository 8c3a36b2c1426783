package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.measure.Table;
import io.github.repvgg4j.bench.serving.Load.Pace;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** More requests than the server can answer, for minutes. */
@Command(
    name = "overload",
    mixinStandardHelpOptions = true,
    description =
        "A multiple of the load that the server can carry: what is refused, how long the rest takes, memory.")
public final class OverloadCommand implements Callable<Integer> {

  @Mixin private ServingOptions options;

  @Option(names = "--seconds", defaultValue = "300")
  private double seconds;

  @Option(names = "--times", defaultValue = "2", description = "The load that it can carry.")
  private double times;

  @Option(
      names = "--connections",
      defaultValue = "600",
      description = "More than the server's queue is long, or nothing is refused.")
  private int connections;

  @Option(names = "--sent", defaultValue = "JPEG", description = "${COMPLETION-CANDIDATES}")
  private Calls sent;

  @Override
  public Integer call() throws Exception {
    ServingFiles files = options.files();
    Expected expected = Expected.of(files, options.arithmetic());
    try (ServerProcess server = options.start().with(options.serving(files.zip()))) {
      Load load =
          new Load(
              server.address(),
              sent.of(files, expected, server.address()),
              8,
              Pace.fullFor(Math.min(10, seconds / 3)));
      load.run();
      double carried = load.run().perSecond();
      System.out.println("carried: " + Math.round(carried) + " images/s");
      Load over =
          new Load(
              load.server(), load.calls(), connections, Pace.steadyFor(seconds, times * carried));
      RunningLoad running = RunningLoad.start(over);
      watch(server, running);
      LoadResult end = running.result();
      System.out.println(end);
      return end.wrong() == 0 && end.failed() == 0 && server.isAlive() ? 0 : 1;
    }
  }

  private void watch(ServerProcess server, RunningLoad running) throws Exception {
    Table table = new Table("second | resident MB | threads | descriptors");
    long step = Math.max(1, Math.round(seconds / 10));
    long start = System.nanoTime();
    while (!running.isDone()) {
      table.row(
          "%d | %d | %d | %d",
          Math.round((System.nanoTime() - start) / 1e9),
          server.residentMb(),
          server.threads(),
          server.descriptors());
      for (long i = 0; i < 10 * step && !running.isDone(); i++) {
        Thread.sleep(100);
      }
    }
    System.out.print(table);
  }
}
