package io.github.repvgg4j.serve.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.repvgg4j.serve.fault.RequestFault;
import java.io.IOException;

/** Single values of a request's JSON, and the parser with its caps. */
final class JsonValues {

  private static final int DEEPEST = 32;
  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_NUMBER = 60;

  /** Bodies are capped as a whole, so texts need no cap of their own; names aren't kept. */
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNameLength(LONGEST_NAME)
                  .maxNumberLength(LONGEST_NUMBER)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private JsonValues() {}

  static JsonParser parser(byte[] bytes, int length) throws IOException {
    return FACTORY.createParser(bytes, 0, length);
  }

  static String text(JsonParser json, String field) throws IOException, RequestFault {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw RequestFault.bad(field + ": text expected");
    }
    return json.getText();
  }

  /** 0 or more. */
  static long whole(JsonParser json, String field) throws IOException, RequestFault {
    if (json.currentToken() == JsonToken.VALUE_NUMBER_INT && json.getLongValue() >= 0) {
      return json.getLongValue();
    }
    throw RequestFault.bad(field + ": a whole number of 0 or more expected");
  }

  static boolean yes(JsonParser json, String field) throws RequestFault {
    JsonToken token = json.currentToken();
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      return token == JsonToken.VALUE_TRUE;
    }
    throw RequestFault.bad(field + ": true or false expected");
  }
}
