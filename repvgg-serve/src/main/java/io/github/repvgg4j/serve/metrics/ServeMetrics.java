package io.github.repvgg4j.serve.metrics;

import io.github.repvgg4j.serve.fault.FaultKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * What the server counts, for Prometheus. No label has a value that a stranger can make up: paths
 * are the server's own, models those that are loaded.
 */
public final class ServeMetrics {

  private static final Duration[] LATENCIES = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(200),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10)
  };
  private static final double[] BATCHES = {1, 2, 4, 8, 16, 32, 64, 128, 256};

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Phase, Timer> phases = new EnumMap<>(Phase.class);
  private final Map<FaultKind, Counter> faults = new EnumMap<>(FaultKind.class);
  private final Map<RequestKey, Counter> requests = new ConcurrentHashMap<>();
  private final DistributionSummary batches;

  private record RequestKey(String endpoint, String model, int status) {}

  public ServeMetrics() {
    for (Phase phase : Phase.values()) {
      phases.put(
          phase,
          Timer.builder("repvgg.latency")
              .description("Where the time of requests goes")
              .tag("phase", phase.label())
              .serviceLevelObjectives(LATENCIES)
              .register(registry));
    }
    for (FaultKind kind : FaultKind.values()) {
      faults.put(
          kind,
          Counter.builder("repvgg.errors")
              .description("Requests without an answer, by reason")
              .tag("kind", kind.label())
              .register(registry));
    }
    batches =
        DistributionSummary.builder("repvgg.batch.size")
            .description("Images that were computed together, once for each image")
            .serviceLevelObjectives(BATCHES)
            .register(registry);
    gauge("process.memory.heap.bytes", "Java's heap in use", ServeMetrics::heap);
  }

  private static double heap() {
    return (double) Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** A number that is asked for when it is read. */
  public void gauge(String name, String description, DoubleSupplier value) {
    Gauge.builder("repvgg." + name, value::getAsDouble).description(description).register(registry);
  }

  /**
   * An answered request.
   *
   * @param endpoint of the server's own list
   * @param model that was asked, empty for none
   */
  public void request(String endpoint, String model, int status) {
    requests
        .computeIfAbsent(
            new RequestKey(endpoint, model, status),
            key ->
                Counter.builder("repvgg.requests")
                    .description("Answered requests")
                    .tag("endpoint", key.endpoint())
                    .tag("model", key.model())
                    .tag("status", Integer.toString(key.status()))
                    .register(registry))
        .increment();
  }

  public void fault(FaultKind kind) {
    faults.get(kind).increment();
  }

  public void time(Phase phase, long nanos) {
    phases.get(phase).record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  /** Of one image. */
  public void batch(int size) {
    batches.record(size);
  }

  /** Prometheus' text format 0.0.4. */
  public String text() {
    return registry.scrape();
  }
}
