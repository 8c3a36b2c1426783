package io.github.repvgg4j.serve.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import io.github.repvgg4j.serve.fault.RequestFault;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads requests of the Open Inference Protocol, token by token. */
public final class InferRequestReader {

  private static final int LONGEST_ID = 1000;

  private final ExpectedInput expected;
  private String id;
  private InputJson input;
  private List<OutputJson> outputs = List.of();
  private boolean binaryOutputs;
  private Duration timeout;

  private InferRequestReader(ExpectedInput expected) {
    this.expected = expected;
  }

  /**
   * Reads a whole body.
   *
   * @param body not changed
   * @param jsonBytes of it that are JSON, from the header {@code Inference-Header-Content-Length};
   *     tensors in binary follow; empty where all of it is JSON
   * @throws RequestFault one line: what is wrong with it
   */
  public static InferRequest read(byte[] body, Optional<String> jsonBytes, ExpectedInput expected)
      throws RequestFault {
    int length = jsonBytes.isPresent() ? length(jsonBytes.get(), body.length) : body.length;
    InferRequestReader reader = new InferRequestReader(expected);
    try (JsonParser json = JsonValues.parser(body, length)) {
      reader.read(json);
    } catch (InputCoercionException e) {
      throw RequestFault.bad("the JSON has a number that is too large");
    } catch (JsonProcessingException e) {
      throw RequestFault.bad(fault(e));
    } catch (IOException e) {
      throw RequestFault.bad("the body isn't JSON in UTF-8");
    }
    return reader.request(body, length);
  }

  /**
   * How many bytes of a body are JSON.
   *
   * @param header {@code Inference-Header-Content-Length}
   * @throws RequestFault where it is no number of the body's bytes
   */
  public static int length(String header, int bodyBytes) throws RequestFault {
    try {
      int length = Integer.parseInt(header.trim());
      if (length >= 0 && length <= bodyBytes) {
        return length;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw RequestFault.bad(
        "Inference-Header-Content-Length: 0 to the body's " + bodyBytes + " bytes expected");
  }

  private static String fault(JsonProcessingException e) {
    long at = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
    return "the body isn't the JSON that is expected here" + (at > 0 ? ", near byte " + at : "");
  }

  private void read(JsonParser json) throws IOException, RequestFault {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw RequestFault.bad("the body: a JSON object expected");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      switch (field) {
        case "id" -> id = JsonValues.text(json, "id");
        case "inputs" -> inputs(json, value);
        case "outputs" -> outputs = OutputJson.readAll(json);
        case "parameters" -> parameters(json, value);
        default -> json.skipChildren();
      }
    }
    if (json.nextToken() != null) {
      throw RequestFault.bad("the body goes on behind its JSON");
    }
    if (id != null && id.length() > LONGEST_ID) {
      throw RequestFault.bad("id: at most " + LONGEST_ID + " characters");
    }
  }

  private void inputs(JsonParser json, JsonToken value) throws IOException, RequestFault {
    if (value != JsonToken.START_ARRAY) {
      throw RequestFault.bad("inputs: a list expected");
    }
    while (json.nextToken() == JsonToken.START_OBJECT) {
      if (input != null) {
        throw RequestFault.bad("inputs: one expected, images or encoded_images");
      }
      input = InputJson.read(json, expected);
    }
    if (json.currentToken() != JsonToken.END_ARRAY) {
      throw RequestFault.bad("inputs: a list of objects expected");
    }
  }

  private void parameters(JsonParser json, JsonToken value) throws IOException, RequestFault {
    if (value != JsonToken.START_OBJECT) {
      throw RequestFault.bad("parameters: an object expected");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "binary_data_output" -> binaryOutputs = JsonValues.yes(json, field);
        case "timeout" -> timeout = micros(JsonValues.whole(json, field));
        default -> json.skipChildren();
      }
    }
  }

  /** As Triton counts it; 0 is none. */
  private static Duration micros(long micros) {
    long most = Duration.ofDays(1).toNanos() / 1000;
    return micros == 0 ? null : Duration.of(Math.min(micros, most), ChronoUnit.MICROS);
  }

  private InferRequest request(byte[] body, int jsonBytes) throws RequestFault {
    if (input == null) {
      throw RequestFault.bad("inputs: one expected, images or encoded_images");
    }
    Input read = InputReader.read(input, body, jsonBytes, expected);
    List<RequestedOutput> requested = new ArrayList<>();
    for (OutputJson output : outputs) {
      requested.add(output.requested(binaryOutputs));
    }
    if (requested.isEmpty()) {
      requested.add(new RequestedOutput(TensorName.LOGITS, binaryOutputs, 0));
      requested.add(new RequestedOutput(TensorName.PROBABILITIES, binaryOutputs, 0));
    }
    return new InferRequest(Optional.ofNullable(id), read, requested, Optional.ofNullable(timeout));
  }
}
