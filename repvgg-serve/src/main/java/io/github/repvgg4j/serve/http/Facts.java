package io.github.repvgg4j.serve.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.repvgg4j.archive.ProjectVersion;
import io.github.repvgg4j.serve.batch.Pace;
import io.github.repvgg4j.serve.model.ModelFacts;
import io.github.repvgg4j.serve.model.ModelId;
import io.github.repvgg4j.serve.model.ServedModel;
import io.github.repvgg4j.serve.protocol.TensorName;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the server says of itself and its models, as the Open Inference Protocol has it. */
final class Facts {

  private static final String NAME = "repvgg-serve";
  private static final List<String> EXTENSIONS =
      List.of("binary_tensor_data", "classification", "model_repository");

  private Facts() {}

  static Reply server() {
    return Reply.json(
        JsonText.of(
            json -> {
              json.writeStartObject();
              json.writeStringField("name", NAME);
              json.writeStringField("version", ProjectVersion.number());
              strings(json, "extensions", EXTENSIONS);
              json.writeEndObject();
            }));
  }

  /** {@code GET /v2/models}: an addition of ours, for those who don't know a name. */
  static Reply models(Map<String, List<Integer>> names) {
    return Reply.json(
        JsonText.of(
            json -> {
              json.writeStartObject();
              json.writeArrayFieldStart("models");
              for (Map.Entry<String, List<Integer>> name : names.entrySet()) {
                json.writeStartObject();
                json.writeStringField("name", name.getKey());
                versions(json, name.getValue());
                json.writeEndObject();
              }
              json.writeEndArray();
              json.writeEndObject();
            }));
  }

  /** The model repository extension's index. */
  static Reply index(Map<String, List<Integer>> names) {
    return Reply.json(
        JsonText.of(
            json -> {
              json.writeStartArray();
              for (Map.Entry<String, List<Integer>> name : names.entrySet()) {
                for (int version : name.getValue()) {
                  json.writeStartObject();
                  json.writeStringField("name", name.getKey());
                  json.writeStringField("version", Integer.toString(version));
                  json.writeStringField("state", "READY");
                  json.writeStringField("reason", "");
                  json.writeEndObject();
                }
              }
              json.writeEndArray();
            }));
  }

  /**
   * Of one model.
   *
   * @param pace in which it is computed where there are many images
   */
  static Reply model(ServedModel model, List<Integer> versions, Optional<Pace> pace) {
    ModelId id = model.id();
    ModelFacts facts = model.facts();
    return Reply.json(
        JsonText.of(
            json -> {
              json.writeStartObject();
              json.writeStringField("name", id.name());
              versions(json, versions);
              json.writeStringField("platform", facts.platform());
              json.writeArrayFieldStart("inputs");
              InputShape shape = facts.input().orElse(null);
              int channels = facts.channels().orElse(-1);
              tensor(
                  json,
                  TensorName.IMAGES,
                  shape == null
                      ? new int[] {-1, channels, -1, -1}
                      : new int[] {-1, shape.channels(), shape.height(), shape.width()});
              if (facts.preprocessor().isPresent()) {
                tensor(json, TensorName.ENCODED_IMAGES, -1);
              }
              json.writeEndArray();
              json.writeArrayFieldStart("outputs");
              tensor(json, TensorName.LOGITS, -1, facts.classes());
              tensor(json, TensorName.PROBABILITIES, -1, facts.classes());
              json.writeEndArray();
              parameters(json, id, facts, pace);
              json.writeEndObject();
            }));
  }

  private static void tensor(JsonGenerator json, TensorName tensor, int... shape)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", tensor.text());
    json.writeStringField("datatype", tensor.type());
    json.writeFieldName("shape");
    json.writeArray(shape, 0, shape.length);
    json.writeEndObject();
  }

  /** Additions of ours, for people and the page. */
  private static void parameters(
      JsonGenerator json, ModelId id, ModelFacts facts, Optional<Pace> pace) throws IOException {
    json.writeObjectFieldStart("parameters");
    json.writeStringField("version", Integer.toString(id.version()));
    json.writeStringField("engine", facts.engine());
    json.writeStringField("precision", facts.precision());
    if (facts.convolutions().isPresent()) {
      json.writeStringField("convolutions", facts.convolutions().get().toString());
    }
    json.writeStringField("head", facts.head().text());
    json.writeNumberField("classes", facts.classes());
    if (facts.selfCheck().isPresent()) {
      json.writeStringField("self_check", facts.selfCheck().get());
    }
    if (facts.certificate().isPresent()) {
      json.writeObjectFieldStart("certificate");
      json.writeStringField("verdict", facts.certificate().get().verdict());
      json.writeNumberField("regions", facts.certificate().get().regions());
      if (facts.certificate().get().largestDifference().isPresent()) {
        json.writeNumberField(
            "largest_difference", facts.certificate().get().largestDifference().get());
      }
      json.writeEndObject();
    }
    if (pace.isPresent()) {
      json.writeNumberField("batch", pace.get().batch());
      json.writeNumberField("threads", pace.get().threads());
    }
    json.writeEndObject();
  }

  private static void versions(JsonGenerator json, List<Integer> versions) throws IOException {
    strings(json, "versions", versions.stream().map(v -> Integer.toString(v)).toList());
  }

  private static void strings(JsonGenerator json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }
}
