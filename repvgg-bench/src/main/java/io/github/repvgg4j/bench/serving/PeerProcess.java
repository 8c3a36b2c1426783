package io.github.repvgg4j.bench.serving;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A peer's server with all its processes. */
record PeerProcess(Process process, URI address) implements AutoCloseable {

  private static final int READY_SECONDS = 90;

  /**
   * Starts it and waits until it answers to an image.
   *
   * @param python folder of the virtual environment it is installed in
   */
  static PeerProcess start(
      Peer peer, Peer.Setting setting, ServingFiles files, Path python, byte[] jpeg)
      throws IOException, InterruptedException {
    int port = ServerProcess.freePort();
    Path log = files.folder().resolve(peer.label() + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(peer.prepare(files, python, setting, port))
            .directory(files.folder().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    String folder = files.folder().toAbsolutePath().toString();
    builder.environment().put("PEER_FOLDER", folder);
    builder.environment().put("PYTHONPATH", folder);
    builder.environment().put("PEER_THREADS", Integer.toString(setting.threads()));
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(setting.threads()));
    builder
        .environment()
        .merge(
            "PATH", python.resolve("bin").toString(), (old, own) -> own + File.pathSeparator + old);
    Process process = builder.start();
    URI address = URI.create("http://127.0.0.1:" + port);
    PeerProcess started = new PeerProcess(process, address);
    Runtime.getRuntime().addShutdownHook(new Thread(started::end, "peer-end"));
    try {
      started.awaitAnswer(peer.call(address, jpeg), log);
      return started;
    } catch (IOException | InterruptedException e) {
      started.close();
      throw e;
    }
  }

  private void awaitAnswer(Call call, Path log) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (!answers(call)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException("the peer does not answer; its output is in " + log);
      }
      Thread.sleep(500);
    }
  }

  private boolean answers(Call call) {
    try (Connection connection = new Connection(address, 5000)) {
      return connection.exchange(call.request()).status() == 200;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  private void end() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  @Override
  public void close() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      end();
    }
  }
}
