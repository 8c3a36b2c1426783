package io.github.repvgg4j.serve.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The listening side: Jetty without servlets. */
public final class HttpServer implements AutoCloseable {

  private static final int THREADS = 16;
  private static final int HEADER_BYTES = 16 << 10;

  /** Read at once; an image as floats is half a million bytes. */
  private static final int INPUT_BYTES = 32 << 10;

  private final HttpOptions options;
  private final Server jetty;
  private final ServerConnector connector;
  private final ServeHandler handler;
  private volatile Stage stage = Stage.SERVING;

  public HttpServer(HttpOptions options, Services services) {
    this.options = options;
    // Jetty's own queue would start Java's management, which takes a twentieth of a second
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4, new LinkedBlockingQueue<>());
    threads.setName("http");
    threads.setDaemon(true);
    this.jetty = new Server(threads);
    HttpConnectionFactory http = new HttpConnectionFactory(configuration(options));
    http.setInputBufferSize(INPUT_BYTES);
    this.connector = new ServerConnector(jetty, 1, 2, http);
    connector.setHost(options.host());
    connector.setPort(options.port());
    connector.setAcceptQueueSize(1024);
    connector.setIdleTimeout(options.limits().idle().toMillis());
    jetty.addConnector(connector);
    jetty.addBean(new NetworkConnectionLimit(options.limits().connections(), connector));
    SlowHeads heads = new SlowHeads(options.limits());
    connector.addBean(heads);
    services
        .timer()
        .scheduleWithFixedDelay(
            heads, heads.periodMillis(), heads.periodMillis(), TimeUnit.MILLISECONDS);
    this.handler = new ServeHandler(services, options, (Executor) threads, () -> stage);
    jetty.setHandler(handler);
    jetty.setErrorHandler(new JsonErrors(services.metrics()));
    jetty.setStopTimeout(0);
    services
        .metrics()
        .gauge("connections", "Open connections", () -> connector.getConnectedEndPoints().size());
    services.metrics().gauge("requests.open", "Requests without a whole answer", handler::open);
  }

  private static HttpConfiguration configuration(HttpOptions options) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setIdleTimeout(options.limits().idle().toMillis());
    return http;
  }

  /**
   * Opens the port.
   *
   * @throws IOException one line, where it can't be had
   */
  public void start() throws IOException {
    try {
      jetty.start();
    } catch (Exception e) {
      close();
      throw new IOException(
          options.host() + ":" + options.port() + ": can't be listened on: " + reason(e), e);
    }
  }

  private static String reason(Exception e) {
    Throwable cause = e.getCause() != null ? e.getCause() : e;
    return cause.getMessage();
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /**
   * Says that it is not ready, and answers.
   *
   * @return whether it was ready before
   */
  public boolean drain() {
    boolean ready = handler.ready();
    stage = Stage.DRAINING;
    return ready;
  }

  /**
   * Takes no new connection, and waits for the answers that are due.
   *
   * @return whether all were given in time
   */
  public boolean end(Duration grace) throws InterruptedException {
    stage = Stage.ENDING;
    connector.close();
    long until = System.nanoTime() + grace.toNanos();
    while (handler.open() > 0 && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return handler.open() == 0;
  }

  /** Closes all connections. */
  @Override
  public void close() {
    try {
      jetty.stop();
    } catch (Exception e) {
      Thread.currentThread().interrupt();
    }
  }
}
