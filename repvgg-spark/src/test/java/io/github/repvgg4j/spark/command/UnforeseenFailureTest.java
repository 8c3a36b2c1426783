package io.github.repvgg4j.spark.command;

import io.github.repvgg4j.machine.Console;
import io.github.repvgg4j.testkit.UnforeseenErrors;
import org.junit.jupiter.api.Test;

class UnforeseenFailureTest {

  @Test
  void errorIsOneLine() {
    UnforeseenErrors.areOneLine(
        (out, err) ->
            RepVggSpark.commandLine(Console.writer(out), Console.writer(err)).execute("--help"));
  }
}
