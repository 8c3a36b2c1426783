package io.github.repvgg4j.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.testkit.JavaProcess;
import io.github.repvgg4j.testkit.JavaProcess.Result;
import org.junit.jupiter.api.Test;

class ConsoleTest {

  @Test
  void bothStreamsAreUtf8AndDigitsAsciiOnEveryMachine() throws Exception {
    for (String locale : new String[] {"C", "C.UTF-8"}) {
      Result result =
          JavaProcess.of(Program.class)
              .environment("LC_ALL", locale)
              .option("-Dfile.encoding=ISO-8859-1")
              .option("-Duser.language=ar")
              .option("-Duser.country=EG")
              .run();
      assertThat(result.out()).isEqualTo("café 12.5 false\ncafé TITLE\n");
      assertThat(result.err()).isEqualTo("naïve title\n");
    }
  }

  /** A program that knows nothing of locales. */
  static final class Program {

    @SuppressWarnings({"StringCaseLocaleUsage", "AnnotateFormatMethod"})
    public static void main(String[] arguments) {
      ProgramStart.prepare();
      Console.out()
          .println("café " + "%.1f".formatted(12.5) + " " + Console.isTerminal(Console.out()));
      Console.outWriter().println("café " + "title".toUpperCase());
      Console.errWriter().println("naïve " + "TITLE".toLowerCase());
    }
  }
}
