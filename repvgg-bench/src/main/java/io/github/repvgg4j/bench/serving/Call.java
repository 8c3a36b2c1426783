package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.serving.Connection.Answer;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A request as bytes, and what a right answer to it is.
 *
 * @param request whole, with its header
 * @param right of an answer with status 200
 */
record Call(byte[] request, Predicate<Answer> right) {

  /** Any answer with status 200 is right. */
  static final Predicate<Answer> ANY = answer -> true;

  static Call get(URI address) {
    return new Call(head("GET", address, Map.of(), new byte[0]), ANY);
  }

  static Call post(URI address, Map<String, String> headers, byte[] body, Predicate<Answer> right) {
    return new Call(head("POST", address, headers, body), right);
  }

  private static byte[] head(String method, URI at, Map<String, String> headers, byte[] body) {
    StringBuilder head = new StringBuilder();
    String query = at.getRawQuery() == null ? "" : "?" + at.getRawQuery();
    head.append(method).append(' ').append(at.getRawPath()).append(query).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(at.getAuthority()).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (body.length > 0) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(body);
    return all.toByteArray();
  }
}
