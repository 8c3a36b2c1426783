package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.serving.Load.Pace;
import java.nio.file.Path;

/** Every byte of the log meets a full disk ({@code /dev/full}). */
record FullDiskFault() implements Fault {

  @Override
  public String name() {
    return "no room for logs";
  }

  @Override
  public Outcome happen(Stage stage) throws Exception {
    ServerProcess.Start start = stage.options().start().logTo(Path.of("/dev/full"));
    try (ServerProcess server = start.with(stage.options().serving(stage.files().zip()))) {
      LoadResult result = stage.load(server, Pace.full(500)).run();
      return new Outcome(
          result.failed() == 0 && result.wrong() == 0 && stage.isSound(server),
          result.outcomes() + ", " + result.wrong() + " wrong");
    }
  }
}
