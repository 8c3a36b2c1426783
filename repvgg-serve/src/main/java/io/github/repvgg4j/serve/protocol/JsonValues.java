package io.github.repvgg4j.serve.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import io.github.repvgg4j.serve.fault.RequestFault;
import java.io.IOException;

/** Single values of a request's JSON, and the parser with its caps. */
final class JsonValues {

  private static final int DEEPEST = 32;
  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_NUMBER = 60;
  private static final int MOST_NAMES = 10_000;

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
    return new FewNames(FACTORY.createParser(bytes, 0, length));
  }

  /** Refuses more names than any request has: each is kept, to find those that stand twice. */
  private static final class FewNames extends JsonParserDelegate {

    private int names;

    FewNames(JsonParser json) {
      super(json);
    }

    @Override
    public JsonToken nextToken() throws IOException {
      JsonToken token = delegate.nextToken();
      if (token == JsonToken.FIELD_NAME && ++names > MOST_NAMES) {
        throw new JsonParseException(delegate, "more than " + MOST_NAMES + " names");
      }
      return token;
    }

    @Override
    public JsonParser skipChildren() throws IOException {
      JsonToken token = currentToken();
      int open = token != null && token.isStructStart() ? 1 : 0;
      while (open > 0) {
        token = nextToken();
        if (token == null) {
          throw new JsonParseException(delegate, "the JSON ends too early");
        }
        open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      }
      return this;
    }
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
