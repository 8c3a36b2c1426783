package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.serve.metrics.Phase;
import io.github.repvgg4j.serve.model.ModelStore;
import io.github.repvgg4j.serve.model.ServedModel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** From requests to answers. No thread waits for a body, a core or a slow client. */
final class ServeHandler extends Handler.Abstract.NonBlocking {

  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Services services;
  private final HttpOptions options;
  private final BodyMemory memory;
  private final Executor executor;
  private final Supplier<Stage> stage;
  private final Gate gate;
  private final Finished finished;
  private final Map<Endpoint, ModelAction> actions =
      Map.of(Endpoint.PREDICTIONS, new Predictions(), Endpoint.INFER, new Infer());

  ServeHandler(Services services, HttpOptions options, Executor executor, Supplier<Stage> stage) {
    this.services = services;
    this.options = options;
    this.memory = new BodyMemory(options.limits().bodyMemoryBytes());
    this.executor = executor;
    this.stage = stage;
    this.gate = new Gate(options);
    this.finished = new Finished(services.metrics());
    services.metrics().gauge("body.bytes", "Bytes of bodies in memory", memory::used);
  }

  /** Requests without a whole answer. */
  int open() {
    return finished.open();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange(request, response, callback, stage);
    finished.watch(exchange);
    try {
      Optional<Reply> early = gate.check(exchange);
      if (early.isPresent() || !computes(exchange.target().endpoint())) {
        Reply reply = early.isPresent() ? early.get() : facts(exchange);
        unread(exchange, () -> exchange.answer(reply));
      } else {
        compute(exchange);
      }
    } catch (RequestFault | RuntimeException | Error e) {
      unread(exchange, () -> exchange.fail(e));
    }
    return true;
  }

  /** Answers a request whose body nobody has read. */
  private void unread(Exchange exchange, Runnable answer) {
    SkippedBody.before(
        exchange.request(),
        options.limits(),
        services.timer(),
        outcome -> {
          if (outcome == SkippedBody.Outcome.LEFT) {
            exchange.closeBehindAnswer();
          }
          answer.run();
        });
  }

  private static boolean computes(Endpoint endpoint) {
    return endpoint == Endpoint.INFER || endpoint == Endpoint.PREDICTIONS;
  }

  /** All that is known without computing. */
  private Reply facts(Exchange exchange) throws RequestFault {
    ModelStore models = services.models();
    return switch (exchange.target().endpoint()) {
      case SERVER -> Facts.server();
      case LIVE -> Reply.empty(200);
      case READY -> Reply.empty(ready() ? 200 : 503);
      case MODELS -> Facts.models(models.names());
      case REPOSITORY_INDEX -> Facts.index(models.names());
      case MODEL, MODEL_READY -> model(exchange);
      case METRICS ->
          Reply.of(200, METRICS_TYPE, services.metrics().text().getBytes(StandardCharsets.UTF_8));
      case PAGE -> PageFiles.reply(exchange.path());
      case INFER, PREDICTIONS, NONE ->
          throw new IllegalStateException(exchange.target().endpoint().label());
    };
  }

  boolean ready() {
    return stage.get() == Stage.SERVING && services.models().ready();
  }

  private Reply model(Exchange exchange) throws RequestFault {
    try (ServedModel.Use use = use(exchange)) {
      ServedModel model = use.model();
      if (exchange.target().endpoint() == Endpoint.MODEL_READY) {
        return Reply.empty(ready() ? 200 : 503);
      }
      List<Integer> versions = services.models().names().getOrDefault(model.id().name(), List.of());
      return Facts.model(model, versions, services.models().pace(model));
    }
  }

  private ServedModel.Use use(Exchange exchange) throws RequestFault {
    Target target = exchange.target();
    ServedModel.Use use =
        services
            .models()
            .use(target.model().orElseThrow(), target.version())
            .orElseThrow(
                () ->
                    services.models().loaded()
                        ? new RequestFault(FaultKind.NOT_FOUND, "no such model or version")
                        : new RequestFault(
                            FaultKind.NOT_READY, "models are being loaded; come again later"));
    exchange.servedModel(use.model().id().name());
    return use;
  }

  private void compute(Exchange exchange) throws RequestFault {
    ModelAction action = actions.get(exchange.target().endpoint());
    action.check(exchange);
    String encoding = exchange.header("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw new RequestFault(
          FaultKind.UNSUPPORTED_TYPE, "Content-Encoding: bodies are taken as they are");
    }
    ServedModel.Use use = use(exchange);
    Body body = Body.read(exchange.request(), options.limits(), memory, services.timer());
    body.done()
        .thenComposeAsync(bytes -> reply(exchange, action, use.model(), body, bytes), executor)
        .whenComplete(
            (reply, failure) -> {
              body.release();
              use.close();
              if (failure == null) {
                exchange.answer(reply);
              } else {
                exchange.fail(failure);
              }
            });
  }

  private CompletableFuture<Reply> reply(
      Exchange exchange, ModelAction action, ServedModel model, Body body, byte[] bytes) {
    services
        .metrics()
        .time(Phase.RECEIVE, System.nanoTime() - exchange.request().getHeadersNanoTime());
    try {
      body.reserve(action.workingBytes(exchange, bytes));
      ModelAction.Work work = action.begin(exchange, services, model, bytes);
      exchange.request().addFailureListener(failure -> work.job().cancel());
      exchange.request().addIdleTimeoutListener(silence -> false); // its own deadline ends it
      return work.job()
          .answer()
          .thenApplyAsync(
              results ->
                  work.reply().apply(results).with("Server-Timing", ServerTiming.of(results)),
              executor);
    } catch (RequestFault e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
