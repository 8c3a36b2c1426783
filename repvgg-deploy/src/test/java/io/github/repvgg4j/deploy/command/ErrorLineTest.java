package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Whatever goes wrong, also in the program itself, is one line and exit code 1. */
class ErrorLineTest {

  @Command(name = "fail")
  private record Failing(Supplier<Throwable> failure) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      Throwable thrown = failure.get();
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (Exception) thrown;
    }
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new StackOverflowError(),
        new ClassCastException("class A cannot be cast to class B"),
        new NoClassDefFoundError("org/example/Missing"),
        new ExceptionInInitializerError("of a class"),
        new AssertionError("two\nlines"),
        new OutOfMemoryError("Java heap space"),
        new InternalError(),
        new NullPointerException(),
        new ArrayIndexOutOfBoundsException(3),
        new NegativeArraySizeException("-1222967296"),
        new ArithmeticException("integer overflow"),
        new IllegalStateException("words\nand more of them"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void anyFailureIsOneLine(Throwable failure) {
    StringWriter err = new StringWriter();
    CommandLine line =
        CommandLines.of(
            new RepVggDeploy(), new PrintWriter(new StringWriter()), new PrintWriter(err));
    line.addSubcommand(new Failing(() -> failure));
    line.getSubcommands().get("fail").setErr(new PrintWriter(err));
    assertThat(line.execute("fail")).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("error: ").doesNotContain("\tat ");
    if (failure instanceof ClassCastException
        || failure instanceof NegativeArraySizeException
        || failure instanceof ArithmeticException) {
      assertThat(err.toString())
          .contains(failure.getClass().getSimpleName())
          .contains("--verbose shows where");
    }
  }

  @Test
  void pathWithALineBreakIsShownWhole() {
    assertThat(Cli.run("inspect", "a\nb.zip").err()).isEqualTo("error: a\\nb.zip: no such file\n");
    Cli data = Cli.run("evaluate", "--engine=dl4j", "x\ry.zip", "z");
    assertThat(data.err()).isEqualTo("error: x\\ry.zip: no such file\n");
  }
}
