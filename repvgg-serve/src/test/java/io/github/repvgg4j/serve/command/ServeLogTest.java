package io.github.repvgg4j.serve.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.serve.RunningServer;
import io.github.repvgg4j.serve.TestModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program writes to standard error, in processes of their own. */
class ServeLogTest {

  @TempDir Path folder;

  /** A server that is told to end when it answers; what it wrote. */
  private String log(String... options) throws Exception {
    Path zip = RunningServer.put(folder.resolve("net.zip"), TestModels.fast(1));
    Path log = folder.resolve("log");
    List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
    command.addAll(List.of(options));
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of(ServeMain.class.getName(), zip.toString(), "--port", "0"));
    command.addAll(List.of("--drain-delay", "0s"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    try (var out = process.inputReader(StandardCharsets.UTF_8)) {
      String address = out.readLine();
      assertThat(address).startsWith("http://");
      new java.net.URL(address + "v2/health/live").openStream().close();
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(log);
  }

  @Test
  void eventsAreLinesAndRequestsAreJson() throws Exception {
    assertThat(log().lines())
        .anyMatch(line -> line.matches("INFO {2}ModelStore: net@1: oneDNN .* ms"))
        .anyMatch(
            line -> line.matches("\\{\"time\":.*\"path\":\"/v2/health/live\".*\"status\":200.*}"))
        .noneMatch(line -> line.contains("jetty"));
  }

  @Test
  void aConfigurationOfTheUsersTakesItsPlace() throws IOException, Exception {
    Path own = folder.resolve("own.xml");
    Files.writeString(
        own,
        "<configuration><appender name=\"a\" class=\"ch.qos.logback.core.ConsoleAppender\">"
            + "<target>System.err</target><encoder><pattern>OWN %msg%n</pattern></encoder>"
            + "</appender><root level=\"INFO\"><appender-ref ref=\"a\"/></root></configuration>");
    assertThat(log("-Dlogback.configurationFile=" + own).lines())
        .isNotEmpty()
        .allMatch(line -> line.startsWith("OWN "));
  }
}
