package io.github.repvgg4j.serve.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer of HTTP.
 *
 * @param contentType null for an empty body
 * @param body not changed
 */
@SuppressWarnings("ArrayRecordComponent")
record Reply(int status, String contentType, byte[] body, Map<String, String> headers) {

  static final String JSON = "application/json";

  static Reply of(int status, String contentType, byte[] body) {
    return new Reply(status, contentType, body, Map.of());
  }

  static Reply json(byte[] body) {
    return of(200, JSON, body);
  }

  static Reply empty(int status) {
    return of(status, null, new byte[0]);
  }

  Reply with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Reply(status, contentType, body, more);
  }
}
