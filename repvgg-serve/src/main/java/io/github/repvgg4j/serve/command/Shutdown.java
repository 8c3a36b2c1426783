package io.github.repvgg4j.serve.command;

import io.github.repvgg4j.serve.Server;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and Ctrl-C: the server drains in the JVM's shutdown hook, at whatever point of its start
 * it is. The JVM would end with 143 whatever came of it; 0 says that every answer was given.
 */
final class Shutdown {

  private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

  private final CountDownLatch done = new CountDownLatch(1);
  private final Server server;
  private volatile boolean told;
  private volatile boolean armed = true;

  private Shutdown(Server server) {
    this.server = server;
  }

  static Shutdown of(Server server) {
    Shutdown shutdown = new Shutdown(server);
    Runtime.getRuntime().addShutdownHook(new Thread(shutdown::end, "shutdown"));
    return shutdown;
  }

  /** Until the process is told to end. */
  void await() {
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A server that failed to start has nothing to give. */
  void disarm() {
    armed = false;
  }

  private void end() {
    if (!armed) {
      return;
    }
    told = true;
    int exit = 1;
    try {
      LOG.info("Told to end");
      boolean answered = server.end();
      LOG.info(answered ? "Ended" : "Ended with requests that got no answer");
      exit = answered ? 0 : 1;
    } catch (InterruptedException | RuntimeException | Error e) {
      LOG.error("Ended badly", e);
    } finally {
      LogEnd.flush();
      done.countDown();
      Runtime.getRuntime().halt(exit);
    }
  }

  /** Whether what fails now fails because the server ends. */
  boolean told() {
    return told;
  }
}
