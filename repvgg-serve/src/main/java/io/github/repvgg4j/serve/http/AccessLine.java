package io.github.repvgg4j.serve.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.eclipse.jetty.server.Request;

/** One line of the access log, JSON. */
final class AccessLine {

  private static final int LONGEST_PATH = 200;

  private AccessLine() {}

  static String of(Exchange exchange, long nanos, Throwable failure) {
    Request request = exchange.request();
    byte[] line =
        JsonText.of(
            json -> {
              json.writeStartObject();
              json.writeStringField(
                  "time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
              json.writeStringField("client", Request.getRemoteAddr(request));
              json.writeStringField("method", request.getMethod());
              json.writeStringField("path", shorten(exchange.path()));
              json.writeStringField("endpoint", exchange.target().endpoint().label());
              if (!exchange.servedModel().isEmpty()) {
                json.writeStringField("model", exchange.servedModel());
              }
              json.writeNumberField("status", exchange.status());
              json.writeNumberField("bytes_in", Request.getContentBytesRead(request));
              json.writeNumberField("bytes_out", exchange.bytesOut());
              json.writeNumberField("micros", nanos / 1000);
              if (exchange.fault().isPresent()) {
                json.writeStringField("error", exchange.fault().get().label());
              }
              if (failure != null) {
                json.writeBooleanField("aborted", true);
              }
              json.writeEndObject();
            });
    return new String(line, StandardCharsets.UTF_8);
  }

  private static String shorten(String path) {
    return path.length() <= LONGEST_PATH ? path : path.substring(0, LONGEST_PATH) + "…";
  }
}
