package io.github.repvgg4j.machine;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Standard output and error of the programs: UTF-8 whatever the machine's locale, so that a pipe or
 * a file gets {@code café} and never {@code caf?}. Only a Windows console is written to in its own
 * code page.
 */
public final class Console {

  private static final boolean WINDOWS = java.io.File.separatorChar == '\\';

  private Console() {}

  /** The process's standard output; it flushes at each line. */
  public static PrintStream out() {
    return new Utf8Stream(System.out);
  }

  /** The process's standard error; it flushes at each line. */
  public static PrintStream err() {
    return new Utf8Stream(System.err);
  }

  /** {@link #out} for picocli. */
  public static PrintWriter outWriter() {
    return writer(out());
  }

  /** {@link #err} for picocli. */
  public static PrintWriter errWriter() {
    return writer(err());
  }

  /** Characters to a stream in that stream's own charset. */
  public static PrintWriter writer(PrintStream stream) {
    Charset charset = stream instanceof Utf8Stream ? charset() : StandardCharsets.UTF_8;
    return new PrintWriter(stream, true, charset);
  }

  /** Whether {@code stream} is one of these and a person reads it: worth a progress bar. */
  public static boolean isTerminal(PrintStream stream) {
    return stream instanceof Utf8Stream && hasTerminal();
  }

  private static Charset charset() {
    return WINDOWS && hasTerminal() ? System.console().charset() : StandardCharsets.UTF_8;
  }

  /** Since JDK 22 there may be a console without a terminal; it says so by a method of its own. */
  private static boolean hasTerminal() {
    java.io.Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true; // older: it exists only for a terminal
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** Passes bytes on as they are to the stream around which it lies. */
  private static final class Utf8Stream extends PrintStream {
    Utf8Stream(PrintStream stream) {
      super(stream, true, charset());
    }
  }
}
