package io.github.repvgg4j.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.UnaryOperator;

/** A server on a port of its own with the model {@code net} of seed 1, and a client. */
public final class RunningServer implements AutoCloseable {

  private final Server server;
  private final Client client;

  /** As the options say that the change leaves. */
  public RunningServer(Path folder, UnaryOperator<ServeOptions> change) throws IOException {
    if (!Files.exists(folder.resolve("net.zip"))) {
      put(folder.resolve("net.zip"), TestModels.fast(1));
    }
    this.server = Server.of(change.apply(ServeOptions.of(folder).port(0)));
    server.start().join();
    this.client = new Client(server.port());
  }

  /** A file that appears under its name at once. */
  public static Path put(Path file, byte[] bytes) throws IOException {
    Path part = Files.write(file.resolveSibling(file.getFileName() + ".part"), bytes);
    return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  public Server server() {
    return server;
  }

  public Client client() {
    return client;
  }

  @Override
  public void close() {
    server.close();
  }
}
