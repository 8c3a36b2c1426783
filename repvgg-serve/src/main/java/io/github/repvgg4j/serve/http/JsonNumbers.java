package io.github.repvgg4j.serve.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** Numbers, of which JSON knows finite ones only. */
final class JsonNumbers {

  private JsonNumbers() {}

  /** The number; null for what is none. */
  static void write(JsonGenerator json, double number) throws IOException {
    if (Double.isFinite(number)) {
      json.writeNumber(number);
    } else {
      json.writeNull();
    }
  }
}
