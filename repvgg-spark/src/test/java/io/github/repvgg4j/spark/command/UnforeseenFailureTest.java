package io.github.repvgg4j.spark.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Also what the program itself does wrong is one line and exit code 1. */
class UnforeseenFailureTest {

  static Stream<Error> errors() {
    return Stream.of(
        new StackOverflowError(),
        new NoClassDefFoundError("org/example/Missing"),
        new AssertionError("two\nlines"),
        new OutOfMemoryError("Java heap space"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void errorIsOneLine(Error error) {
    StringWriter failing =
        new StringWriter() {
          @Override
          public void write(String text, int from, int count) {
            throw error;
          }
        };
    StringWriter err = new StringWriter();
    int code =
        RepVggSpark.commandLine(new PrintWriter(failing), new PrintWriter(err)).execute("--help");
    assertThat(code).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("error: ");
  }
}
