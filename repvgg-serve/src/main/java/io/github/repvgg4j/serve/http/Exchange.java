package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.fault.RequestFault;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and its answer, which is given once, whoever is first. */
final class Exchange {

  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Target target;
  private final Supplier<Stage> stage;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile Optional<FaultKind> fault = Optional.empty();
  private volatile String servedModel = "";
  private volatile boolean closing;

  Exchange(Request request, Response response, Callback callback, Supplier<Stage> stage) {
    this.request = request;
    this.stage = stage;
    this.response = response;
    this.callback = callback;
    this.target = Target.of(Request.getPathInContext(request));
  }

  Request request() {
    return request;
  }

  Target target() {
    return target;
  }

  String method() {
    return request.getMethod();
  }

  /** Decoded, without the query. */
  String path() {
    return Request.getPathInContext(request);
  }

  /** Of the answer's body. */
  long bytesOut() {
    return Response.getContentBytesWritten(response);
  }

  Query query() throws RequestFault {
    return Query.of(request);
  }

  /** Null where there is none. */
  String header(String name) {
    return request.getHeaders().get(name);
  }

  /** Without its parameters, in lower case; empty where there is none. */
  String contentType() {
    String type = header("Content-Type");
    return type == null ? "" : type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
  }

  HttpFields.Mutable responseHeaders() {
    return response.getHeaders();
  }

  int status() {
    return response.getStatus();
  }

  Optional<FaultKind> fault() {
    return fault;
  }

  /** The model that answers, for metrics; empty for none. */
  String servedModel() {
    return servedModel;
  }

  void servedModel(String name) {
    servedModel = name;
  }

  /** The rest of its body is still on its way. */
  void closeBehindAnswer() {
    closing = true;
  }

  void answer(Reply reply) {
    if (!answered.compareAndSet(false, true)) {
      return;
    }
    HttpFields.Mutable headers = response.getHeaders();
    response.setStatus(reply.status());
    if (reply.contentType() != null) {
      headers.put(HttpHeader.CONTENT_TYPE, reply.contentType());
    }
    reply.headers().forEach(headers::put);
    headers.put(HttpHeader.CONTENT_LENGTH, reply.body().length);
    if (closing || stage.get() != Stage.SERVING) {
      headers.put(HttpHeader.CONNECTION, "close"); // its client looks for another server
    }
    response.write(true, ByteBuffer.wrap(reply.body()), callback);
  }

  void fail(RequestFault cause) {
    if (answered.get()) {
      return;
    }
    fault = Optional.of(cause.kind());
    answer(FaultReplies.of(cause, target.endpoint()));
  }

  /** Of anything that went wrong; what is no fault of the sender is logged. */
  void fail(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof RequestFault known) {
      fail(known);
    } else {
      LOG.error("{} failed", target.endpoint().label(), cause);
      fail(new RequestFault(FaultKind.FAILED, "an unforeseen failure; the server's log has it"));
    }
  }
}
