package io.github.repvgg4j.serve.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.repvgg4j.serve.fault.RequestFault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One of the outputs that a request names.
 *
 * @param binary empty where it doesn't say
 * @param classes 0 for numbers
 */
record OutputJson(TensorName name, Optional<Boolean> binary, int classes) {

  private static final int MOST = 8;

  static List<OutputJson> readAll(JsonParser json) throws IOException, RequestFault {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw RequestFault.bad("outputs: a list expected");
    }
    List<OutputJson> outputs = new ArrayList<>();
    while (json.nextToken() == JsonToken.START_OBJECT) {
      if (outputs.size() == MOST) {
        throw RequestFault.bad("outputs: at most " + MOST);
      }
      outputs.add(read(json));
    }
    if (json.currentToken() != JsonToken.END_ARRAY) {
      throw RequestFault.bad("outputs: a list of objects expected");
    }
    return outputs;
  }

  private static OutputJson read(JsonParser json) throws IOException, RequestFault {
    TensorName name = null;
    Optional<Boolean> binary = Optional.empty();
    int classes = 0;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      if (field.equals("name")) {
        name = name(JsonValues.text(json, "name"));
      } else if (field.equals("parameters") && value == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String parameter = json.currentName();
          json.nextToken();
          if (parameter.equals("binary_data")) {
            binary = Optional.of(JsonValues.yes(json, parameter));
          } else if (parameter.equals("classification")) {
            classes = (int) Math.min(Integer.MAX_VALUE, JsonValues.whole(json, parameter));
          } else {
            json.skipChildren();
          }
        }
      } else {
        json.skipChildren();
      }
    }
    if (name == null) {
      throw RequestFault.bad("outputs: each needs a name");
    }
    return new OutputJson(name, binary, classes);
  }

  private static TensorName name(String text) throws RequestFault {
    return TensorName.of(text)
        .filter(name -> name == TensorName.LOGITS || name == TensorName.PROBABILITIES)
        .orElseThrow(() -> RequestFault.bad("outputs: logits or probabilities expected"));
  }

  RequestedOutput requested(boolean binaryIfNotSaid) {
    return new RequestedOutput(name, binary.orElse(binaryIfNotSaid), classes);
  }
}
