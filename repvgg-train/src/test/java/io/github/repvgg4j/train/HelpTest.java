package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HelpTest {

  /** What the list of commands shows of each is its header, a sentence that is not cut off. */
  @Test
  void eachCommandHasOneSentence() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Collection<CommandLine> commands =
        new CommandLine(new TrainMain(nowhere, nowhere)).getSubcommands().values();
    assertThat(commands).hasSize(4);
    for (CommandLine command : commands) {
      assertThat(command.getCommandSpec().usageMessage().header())
          .as(command.getCommandName())
          .singleElement()
          .asString()
          .matches("[A-Z].{20,75}\\.");
    }
  }
}
