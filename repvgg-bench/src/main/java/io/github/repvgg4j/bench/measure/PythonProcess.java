package io.github.repvgg4j.bench.measure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A peer in Python, in a process of its own. A request is a line, so is the answer. */
public final class PythonProcess implements AutoCloseable {

  private static final String ANSWER = "answer ";

  private final Process process;
  private final BufferedReader answers;
  private final Writer requests;
  private final String greeting;

  private PythonProcess(Process process) throws IOException {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.requests = process.outputWriter(StandardCharsets.UTF_8);
    this.greeting = answer();
  }

  /**
   * Starts a script and waits for its first answer.
   *
   * @param neighbour whose package holds the script as a resource
   * @param scratch folder where the script is put
   * @param environment variables beside those of this process
   * @throws IOException why there is nothing to measure beside, one line
   */
  public static PythonProcess start(
      Path python,
      Class<?> neighbour,
      String script,
      Path scratch,
      Map<String, String> environment,
      List<String> with)
      throws IOException {
    Resources.copy(neighbour, scratch, script);
    Path file = scratch.resolve(script);
    List<String> command = new ArrayList<>(List.of(python.toString(), file.toString()));
    command.addAll(with);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      return new PythonProcess(process);
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** How many threads OpenMP has there. */
  public static Map<String, String> threads(int number) {
    return Map.of("OMP_NUM_THREADS", Integer.toString(number));
  }

  /** The first answer, such as the versions of its libraries. */
  public String greeting() {
    return greeting;
  }

  /** The answer to a line. */
  public String ask(String request) {
    try {
      requests.write(request + "\n");
      requests.flush();
      return answer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Passes over what Python and libraries have to say beside. */
  private String answer() throws IOException {
    String last = "nothing said";
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith(ANSWER)) {
        return line.substring(ANSWER.length());
      }
      last = line.isBlank() ? last : line.strip();
    }
    throw new IOException("the Python process ended: " + last);
  }

  @Override
  public void close() {
    try {
      requests.close(); // the script's loop ends with its input
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
