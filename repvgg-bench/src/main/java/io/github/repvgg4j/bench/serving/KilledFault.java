package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.serving.Load.Pace;
import java.util.List;
import java.util.Locale;

/** {@code kill -9} under load, and started again on the same port. */
record KilledFault() implements Fault {

  @Override
  public String name() {
    return "kill -9 under load, started again";
  }

  @Override
  public Outcome happen(Stage stage) throws Exception {
    List<String> arguments = stage.options().serving(stage.files().zip());
    try (ServerProcess first = stage.options().start().with(arguments)) {
      RunningLoad load = RunningLoad.start(stage.load(first, Pace.steadyFor(8, 20)));
      Thread.sleep(2000);
      first.kill();
      try (ServerProcess second =
          stage.options().start().at(first.address().getPort(), arguments)) {
        LoadResult result = load.result();
        return new Outcome(
            stage.isSound(second) && result.wrong() == 0,
            String.format(
                Locale.ROOT,
                "ready again after %.0f ms; in 8 s of 20 requests a second %d without an answer,"
                    + " %d wrong",
                second.readyMillis(),
                result.failed(),
                result.wrong()));
      }
    }
  }
}
