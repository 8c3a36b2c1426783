package io.github.repvgg4j.serve.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.repvgg4j.serve.fault.RequestFault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** One of a request's inputs as its JSON has it. */
final class InputJson {

  private static final int DEEPEST = 4;
  private static final int AXES = 8;

  private String name;
  private String type;
  private List<Long> shape;
  private long binaryBytes = -1;
  private NumberList numbers;
  private List<byte[]> texts;

  /** Reads it, from behind its brace. */
  static InputJson read(JsonParser json, ExpectedInput expected) throws IOException, RequestFault {
    InputJson input = new InputJson();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      switch (field) {
        case "name" -> input.name = JsonValues.text(json, "name");
        case "datatype" -> input.type = JsonValues.text(json, "datatype");
        case "shape" -> input.shape = shape(json);
        case "data" -> input.data(json, value, expected);
        case "parameters" -> input.parameters(json, value);
        default -> json.skipChildren();
      }
    }
    if (input.name == null || input.type == null || input.shape == null) {
      throw RequestFault.bad("inputs: each needs name, datatype and shape");
    }
    return input;
  }

  private static List<Long> shape(JsonParser json) throws IOException, RequestFault {
    List<Long> axes = new ArrayList<>();
    if (json.currentToken() == JsonToken.START_ARRAY) {
      while (json.nextToken() == JsonToken.VALUE_NUMBER_INT && axes.size() < AXES) {
        axes.add(json.getLongValue());
      }
      if (json.currentToken() == JsonToken.END_ARRAY) {
        return axes;
      }
    }
    throw RequestFault.bad("shape: a list of whole numbers expected");
  }

  private void parameters(JsonParser json, JsonToken value) throws IOException, RequestFault {
    if (value != JsonToken.START_OBJECT) {
      throw RequestFault.bad("parameters: an object expected");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      if (field.equals("binary_data_size")) {
        binaryBytes = JsonValues.whole(json, field);
      } else {
        json.skipChildren();
      }
    }
  }

  /** Flat or nested as the shape is, in C order. */
  private void data(JsonParser json, JsonToken value, ExpectedInput expected)
      throws IOException, RequestFault {
    if (value != JsonToken.START_ARRAY) {
      throw RequestFault.bad("data: a list expected");
    }
    numbers = new NumberList();
    texts = new ArrayList<>();
    int depth = 1;
    while (depth > 0) {
      switch (json.nextToken()) {
        case START_ARRAY -> depth++;
        case END_ARRAY -> depth--;
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> numbers.add(json.getFloatValue());
        case VALUE_STRING -> {
          expected.requireFew(texts.size() + 1);
          texts.add(decoded(json.getText()));
        }
        default -> throw RequestFault.bad("data: numbers, or images in Base64, expected");
      }
      if (depth > DEEPEST) {
        throw RequestFault.bad("data: nested more deeply than " + DEEPEST + " lists");
      }
    }
  }

  /** JSON has no bytes; an image file comes in Base64. */
  private static byte[] decoded(String text) throws RequestFault {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw RequestFault.bad("data: text that is no Base64");
    }
  }

  String name() {
    return name;
  }

  String type() {
    return type;
  }

  List<Long> shape() {
    return shape;
  }

  /** Bytes behind the JSON; -1 for none. */
  long binaryBytes() {
    return binaryBytes;
  }

  /** Null where there is no data in JSON. */
  float[] numbers() {
    return numbers == null ? null : numbers.toArray();
  }

  /** Null where there is no data in JSON. */
  List<byte[]> texts() {
    return texts;
  }

  /** Whether numbers and texts are mixed. */
  boolean mixed() {
    return numbers != null && numbers.length() > 0 && !texts.isEmpty();
  }
}
