package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.answer.AnswerChoice;
import io.github.repvgg4j.answer.TopClass;
import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.serve.inference.ImageResult;
import io.github.repvgg4j.serve.inference.Job;
import io.github.repvgg4j.serve.model.ModelFacts;
import io.github.repvgg4j.serve.model.ServedModel;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** {@code POST /predictions/NAME}: an image as people send it, the likeliest classes back. */
final class Predictions implements ModelAction {

  @Override
  public void check(Exchange exchange) throws RequestFault {
    String type = exchange.contentType();
    if (!type.isEmpty()
        && !type.startsWith("image/")
        && !type.equals("application/octet-stream")
        && !type.equals(Multipart.TYPE)) {
      throw new RequestFault(
          FaultKind.UNSUPPORTED_TYPE,
          "send the image as the body with Content-Type image/… or application/octet-stream, or as"
              + " multipart/form-data");
    }
  }

  @Override
  public Work begin(Exchange exchange, Services services, ServedModel model, byte[] body)
      throws RequestFault {
    byte[] image =
        exchange.contentType().equals(Multipart.TYPE)
            ? Multipart.file(exchange.header("Content-Type"), body)
            : body;
    if (image.length == 0) {
      throw RequestFault.bad("the body is empty; an image is expected");
    }
    AnswerChoice choice = choice(exchange.query(), model.facts());
    int millis = exchange.query().number("timeout", Integer.MAX_VALUE, 1);
    Job job = services.inference().images(model, List.of(image), Duration.ofMillis(millis));
    return new Work(job, results -> reply(model.facts(), results.get(0), choice));
  }

  private static AnswerChoice choice(Query query, ModelFacts facts) throws RequestFault {
    AnswerChoice choice =
        new AnswerChoice(
            query.has("top") ? OptionalInt.of(query.number("top", 1, 1)) : OptionalInt.empty(),
            query.probability("threshold"));
    try {
      choice.check(facts.head().meaning());
    } catch (IllegalArgumentException e) {
      throw RequestFault.bad("threshold: " + e.getMessage());
    }
    return choice;
  }

  private static Reply reply(ModelFacts facts, ImageResult result, AnswerChoice choice) {
    double[] answers = facts.head().of(result.logits());
    List<TopClass> top = choice.of(answers, facts.head().meaning(), facts.metadata());
    return Reply.json(
        JsonText.of(
            json -> {
              json.writeStartArray();
              for (TopClass each : top) {
                json.writeStartObject();
                json.writeStringField("className", each.label());
                json.writeFieldName(each.probability() == null ? "output" : "probability");
                JsonNumbers.write(json, each.value());
                json.writeEndObject();
              }
              json.writeEndArray();
            }));
  }
}
