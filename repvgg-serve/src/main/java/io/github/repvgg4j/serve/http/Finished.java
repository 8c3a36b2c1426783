package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.metrics.Phase;
import io.github.repvgg4j.serve.metrics.ServeMetrics;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is counted and written when a request is done. */
final class Finished {

  /** One JSON object a line; the program's own log has another name. */
  private static final Logger ACCESS = LoggerFactory.getLogger("repvgg.access");

  private final ServeMetrics metrics;
  private final AtomicInteger open = new AtomicInteger();

  Finished(ServeMetrics metrics) {
    this.metrics = metrics;
  }

  int open() {
    return open.get();
  }

  void watch(Exchange exchange) {
    open.incrementAndGet();
    Request.addCompletionListener(
        exchange.request(),
        failure -> {
          try {
            record(exchange, failure);
          } catch (RuntimeException e) {
            // a log that can't be written fails no request
          } finally {
            open.decrementAndGet(); // a server that ends has written its last line
          }
        });
  }

  private void record(Exchange exchange, Throwable failure) {
    long nanos = System.nanoTime() - exchange.request().getBeginNanoTime();
    Endpoint endpoint = exchange.target().endpoint();
    metrics.request(endpoint.label(), exchange.servedModel(), exchange.status());
    exchange.fault().ifPresent(metrics::fault);
    if (endpoint == Endpoint.INFER || endpoint == Endpoint.PREDICTIONS) {
      metrics.time(Phase.TOTAL, nanos);
    }
    if (ACCESS.isInfoEnabled()) {
      ACCESS.info("{}", AccessLine.of(exchange, nanos, failure));
    }
  }
}
