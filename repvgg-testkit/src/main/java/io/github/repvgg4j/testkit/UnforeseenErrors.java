package io.github.repvgg4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Also what a program itself does wrong is one line and exit code 1. */
public final class UnforeseenErrors {

  private UnforeseenErrors() {}

  /** A program that writes to {@code out}. */
  @FunctionalInterface
  public interface Program {
    int run(PrintStream out, PrintStream err);
  }

  /** Runs the program with outputs that fail in different ways. */
  public static void areOneLine(Program program) {
    for (Error error :
        List.of(
            new StackOverflowError(),
            new NoClassDefFoundError("org/example/Missing"),
            new AssertionError("two\nlines"),
            new OutOfMemoryError("Java heap space"))) {
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      int code = program.run(failing(error), new PrintStream(err, true, StandardCharsets.UTF_8));
      assertThat(code).as("%s", error).isEqualTo(1);
      assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("error: ").hasLineCount(1);
    }
  }

  private static PrintStream failing(Error error) {
    return new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8) {
      @Override
      public void write(byte[] bytes, int from, int count) {
        throw error;
      }
    };
  }
}
