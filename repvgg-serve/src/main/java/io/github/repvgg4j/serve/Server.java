package io.github.repvgg4j.serve;

import io.github.repvgg4j.serve.batch.Scheduler;
import io.github.repvgg4j.serve.batch.Workers;
import io.github.repvgg4j.serve.http.HttpServer;
import io.github.repvgg4j.serve.http.Services;
import io.github.repvgg4j.serve.inference.Inference;
import io.github.repvgg4j.serve.metrics.ServeMetrics;
import io.github.repvgg4j.serve.model.ModelStore;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * Model zips behind HTTP. All its threads are daemons: the program's own keep it alive.
 *
 * <pre>{@code
 * try (Server server = Server.of(ServeOptions.of(Path.of("fast.zip")).port(0))) {
 *   server.start().join(); // the port is open at once; done when the models are loaded
 *   System.out.println(server.port());
 * }
 * }</pre>
 */
public final class Server implements AutoCloseable {

  private final ServeOptions options;
  private final ScheduledThreadPoolExecutor timer;
  private final Scheduler scheduler;
  private final Workers workers;
  private final ModelStore models;
  private volatile HttpServer http;
  private boolean closed;

  private Server(ServeOptions options) {
    this.options = options;
    this.timer = new ScheduledThreadPoolExecutor(1, Server::timerThread);
    timer.setRemoveOnCancelPolicy(true);
    this.scheduler = new Scheduler(options.batching());
    this.workers = new Workers(scheduler);
    this.models = new ModelStore(options.models(), scheduler);
  }

  /** Not started yet. */
  public static Server of(ServeOptions options) {
    return new Server(options);
  }

  private static Thread timerThread(Runnable work) {
    Thread thread = new Thread(work, "timer");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Opens the port, which answers at once that it is not ready, and loads the models.
   *
   * @return done when all files were loaded or refused; fails with an {@link IOException} where the
   *     one model's file, or the folder, is bad
   * @throws IOException one line, where the port can't be had
   */
  public CompletableFuture<Void> start() throws IOException {
    CompletableFuture<Void> loaded = models.start(); // beside all that follows
    ServeMetrics metrics = new ServeMetrics();
    Inference inference = new Inference(options.inference(), scheduler, timer, metrics);
    metrics.gauge("queue.images", "Images that wait", scheduler::waiting);
    metrics.gauge("images.inside", "Images without an answer", inference::inside);
    http = new HttpServer(options.http(), new Services(models, inference, metrics, timer));
    http.start();
    return loaded;
  }

  /** The port that it listens on. */
  public int port() {
    return http.port();
  }

  /**
   * Ends as an orchestrator wants it: says that it is not ready, but answers for a while, unless it
   * never was ready; then takes no new connection and gives the answers that are due. What it holds
   * is freed by {@link #close}.
   *
   * @return whether all answers were given in time
   */
  public boolean end() throws InterruptedException {
    HttpServer listening = http;
    if (listening == null) {
      return true;
    }
    if (listening.drain()) {
      Thread.sleep(options.drain().toMillis());
    }
    return listening.end(options.grace());
  }

  /** Ends at once. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (http != null) {
        http.close();
      }
      models.close();
      workers.close();
      timer.shutdownNow();
    }
  }
}
