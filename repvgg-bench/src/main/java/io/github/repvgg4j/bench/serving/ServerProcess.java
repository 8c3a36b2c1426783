package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.engine.EngineProcess;
import io.github.repvgg4j.bench.serving.Connection.Answer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A server in a process of its own, on loopback. */
final class ServerProcess implements AutoCloseable {

  private static final int READY_SECONDS = 120;
  private static final int POLL_MILLIS = 5;
  private static final String MAIN = "io.github.repvgg4j.serve.command.ServeMain";

  /** Parts of paths on a server's class path. */
  private static final List<String> PARTS =
      List.of(
          "repvgg-serve",
          "repvgg-runtime",
          "repvgg-archive",
          "repvgg-data",
          "repvgg-onednn",
          "/bytedeco/dnnl",
          "/bytedeco/opencl",
          "/bytedeco/javacpp",
          "/fasterxml/jackson",
          "/org/eclipse/jetty",
          "/io/micrometer",
          "/io/prometheus",
          "/info/picocli",
          "/ch/qos/logback",
          "/slf4j-api");

  private final Process process;
  private final URI address;
  private final double readyMillis;

  private ServerProcess(Process process, URI address, double readyMillis) {
    this.process = process;
    this.address = address;
    this.readyMillis = readyMillis;
  }

  /**
   * How it is started.
   *
   * @param launcher a program that takes the server's arguments; empty for a JVM with this
   *     program's own classes
   * @param jvmOptions of that JVM
   * @param log receives both its streams
   */
  record Start(List<String> launcher, List<String> jvmOptions, Path log) {

    Start logTo(Path newLog) {
      return new Start(launcher, jvmOptions, newLog);
    }

    /** Starts it and waits until it is ready. */
    ServerProcess with(List<String> arguments) throws IOException, InterruptedException {
      return at(freePort(), arguments);
    }

    ServerProcess at(int port, List<String> arguments) throws IOException, InterruptedException {
      List<String> command = new ArrayList<>(launcher);
      if (launcher.isEmpty()) {
        command.add(String.join(File.separator, System.getProperty("java.home"), "bin", "java"));
        command.addAll(jvmOptions);
        command.add(MAIN);
      }
      command.addAll(arguments);
      command.addAll(List.of("--port", Integer.toString(port)));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().put("CLASSPATH", classPath());
      if (!launcher.isEmpty()) {
        builder.environment().put("REPVGG_JAVA_OPTS", String.join(" ", jvmOptions));
      }
      long start = System.nanoTime();
      Process process = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "server-end"));
      URI address = URI.create("http://127.0.0.1:" + port);
      awaitReady(process, address, log);
      return new ServerProcess(process, address, (System.nanoTime() - start) / 1e6);
    }
  }

  /** Jars of a server, without those of its command line's other programs. */
  static String classPath() {
    return Arrays.stream(EngineProcess.classPath().split(File.pathSeparator))
        .filter(entry -> PARTS.stream().anyMatch(entry.replace('\\', '/')::contains))
        .collect(Collectors.joining(File.pathSeparator));
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Polls {@code /v2/health/ready}, which peers have too. */
  static void awaitReady(Process process, URI address, Path log)
      throws IOException, InterruptedException {
    awaitReady(process, address.resolve("/v2/health/ready"), log, READY_SECONDS);
  }

  static void awaitReady(Process process, URI health, Path log, int seconds)
      throws IOException, InterruptedException {
    byte[] request = Call.get(health).request();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!isReady(health, request)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        process.destroyForcibly();
        throw new IOException("the server is not ready; its output is in " + log);
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static boolean isReady(URI health, byte[] request) {
    try (Connection connection = new Connection(health, 1000)) {
      Answer answer = connection.exchange(request);
      return answer.status() == 200;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }

  URI address() {
    return address;
  }

  /** From the start of the process to the first "ready". */
  double readyMillis() {
    return readyMillis;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Resident now. */
  long residentMb() throws IOException {
    return status("VmRSS:") / 1024;
  }

  long threads() throws IOException {
    return status("Threads:");
  }

  /** Files and sockets that are open. */
  long descriptors() throws IOException {
    try (var files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
      return files.count();
    }
  }

  /** CPU time of all its threads so far. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().map(d -> d.toNanos() / 1e9).orElse(Double.NaN);
  }

  private long status(String field) throws IOException {
    Path file = Path.of("/proc", Long.toString(process.pid()), "status");
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(field))
        .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElse(0L);
  }

  /** As {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** As a container's end does: SIGTERM; its exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    return process.waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      kill();
    }
  }
}
