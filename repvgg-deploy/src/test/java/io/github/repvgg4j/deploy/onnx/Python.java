package io.github.repvgg4j.deploy.onnx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The system's Python, where it has the packages that a test compares with. */
public final class Python {

  private static final Path PYTHON = Path.of("/usr/bin/python3");

  private Python() {}

  /** Whether a package can be imported. */
  public static boolean has(String packageName) throws IOException, InterruptedException {
    return Files.isExecutable(PYTHON)
        && start(List.of(PYTHON.toString(), "-c", "import " + packageName)).waitFor() == 0;
  }

  /** Runs a script and gives what it printed; fails with that when it fails. */
  public static String run(String script, String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PYTHON.toString(), "-c", script));
    command.addAll(List.of(args));
    Process process = start(command);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError("python3 failed: " + output);
    }
    return output;
  }

  private static Process start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("OMP_NUM_THREADS", "1");
    return builder.start();
  }
}
