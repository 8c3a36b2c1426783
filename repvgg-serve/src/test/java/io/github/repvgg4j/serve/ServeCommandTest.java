package io.github.repvgg4j.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.repvgg4j.serve.command.ServeMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The program: its exit codes, its one line, and its end. */
class ServeCommandTest {

  @TempDir Path folder;

  /** What it printed on standard error, behind its exit code. */
  private static String run(String... args) {
    StringWriter err = new StringWriter();
    int exit = ServeMain.run(new PrintWriter(new StringWriter()), new PrintWriter(err, true), args);
    return exit + " " + err.toString().strip();
  }

  @Test
  void wrongUsageIsOneLineAndTwo() {
    assertThat(run()).startsWith("2 error: Missing required parameter").hasLineCount(1);
    assertThat(run("x.zip", "--prot", "1"))
        .startsWith("2 error: ")
        .contains("did you mean")
        .hasLineCount(1);
    assertThat(run("x.zip", "--batch-delay", "2"))
        .startsWith("2 error: ")
        .contains("a time such as 2ms, 0.5s or 1m expected, got '2'");
    assertThat(run("x.zip", "--max-batch", "0"))
        .startsWith("2 error: --max-batch: 1 to 256, got 0");
    assertThat(run("x.zip", "--convolutions", "fft"))
        .startsWith("2 error: ")
        .contains("direct")
        .contains("got fft");
    assertThat(run("x.zip", "--precision", "fp8")).startsWith("2 error: ").contains("got fp8");
    assertThat(run("x.zip", "--cors-origin", "*")).startsWith("2 error: --cors-origin: ");
    assertThat(run("x.zip", "--port", "70000")).startsWith("2 error: --port: 0 to 65535");
  }

  @Test
  void whatFailsIsOneLineAndOne() throws IOException {
    Path missing = folder.resolve("none.zip");
    assertThat(run(missing.toString(), "--port", "0"))
        .isEqualTo("1 error: " + missing + ": no such file");
    Path bad = Files.write(folder.resolve("bad.zip"), new byte[] {1, 2, 3});
    assertThat(run(bad.toString(), "--port", "0")).startsWith("1 error: " + bad + ": ");
    Path token = Files.writeString(folder.resolve("token"), "short\n");
    assertThat(run(bad.toString(), "--token-file", token.toString()))
        .startsWith("1 error: " + token + ": token: 16 or more");
    try (ServerSocket taken = new ServerSocket(0)) {
      Path good = RunningServer.put(folder.resolve("net.zip"), TestModels.fast(1));
      assertThat(
              run(
                  good.toString(),
                  "--host",
                  "0.0.0.0",
                  "--port",
                  Integer.toString(taken.getLocalPort())))
          .startsWith("1 error: 0.0.0.0:" + taken.getLocalPort() + ": can't be listened on");
    }
  }

  private static Process start(List<String> arguments, ProcessBuilder.Redirect log)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            ServeMain.class.getName());
    builder.command().addAll(arguments);
    Map<String, String> environment = builder.environment();
    environment.put("CLASSPATH", System.getProperty("java.class.path"));
    environment.put("LC_ALL", "C.UTF-8");
    return builder.redirectError(log).start();
  }

  /** A process of its own, told to end by the system's own signal. */
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there a process is killed outright")
  void itServesUntilItIsToldToEndAndThenEndsWithZero() throws Exception {
    Path zip = RunningServer.put(folder.resolve("net.zip"), TestModels.fast(1));
    Process process =
        start(
            List.of(zip.toString(), "--port", "0", "--drain-delay", "100ms"),
            ProcessBuilder.Redirect.DISCARD);
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String address = out.readLine();
      assertThat(address).startsWith("http://127.0.0.1:");
      Client client = new Client(URI.create(address).getPort());
      assertThat(client.post("/predictions/net", TestModels.png(20, 20, 1)).statusCode())
          .isEqualTo(200);
      process.destroy(); // SIGTERM
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Where each request's line can't be written, it is answered all the same. */
  @Test
  void aFullDiskFailsNoRequest() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "this system has no /dev/full");
    Path zip = RunningServer.put(folder.resolve("net.zip"), TestModels.fast(1));
    ProcessBuilder.Redirect toFull = ProcessBuilder.Redirect.to(full.toFile());
    Process process = start(List.of(zip.toString(), "--port", "0", "--drain-delay", "0s"), toFull);
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      Client client = new Client(URI.create(out.readLine()).getPort());
      for (int i = 0; i < 50; i++) {
        assertThat(client.post("/predictions/net", TestModels.png(20, 20, 1)).statusCode())
            .isEqualTo(200);
      }
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }
}
