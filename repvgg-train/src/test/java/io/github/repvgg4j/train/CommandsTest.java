package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** What all commands have in common. */
class CommandsTest {

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

  /** Deeplearning4j tells a page of itself at INFO, and Logback without a word prints DEBUG. */
  @Test
  void noneLogsToTheTerminalWhatIsNoWarning() {
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.DEBUG);
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    assertThat(TrainMain.run(new String[] {"schema"}, nowhere, nowhere)).isZero();
    assertThat(root.getLevel()).isEqualTo(Level.WARN);
  }
}
