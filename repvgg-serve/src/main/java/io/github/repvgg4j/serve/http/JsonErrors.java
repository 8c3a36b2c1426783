package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.metrics.ServeMetrics;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What Jetty itself refuses, in the words of this server: nothing of what was sent comes back. */
final class JsonErrors extends ErrorHandler {

  private final ServeMetrics metrics;

  JsonErrors(ServeMetrics metrics) {
    this.metrics = metrics;
  }

  private static byte[] json(int status) {
    String reason = HttpStatus.getMessage(status);
    return JsonText.error(reason == null ? "refused" : reason);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    metrics.fault(response.getStatus() == 500 ? FaultKind.FAILED : FaultKind.BAD_HTTP);
    byte[] body = json(response.getStatus());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Reply.JSON);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }
}
