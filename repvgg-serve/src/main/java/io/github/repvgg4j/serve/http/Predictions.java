package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.answer.Meaning;
import io.github.repvgg4j.answer.TopClass;
import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.serve.inference.ImageResult;
import io.github.repvgg4j.serve.inference.Job;
import io.github.repvgg4j.serve.model.ModelFacts;
import io.github.repvgg4j.serve.model.ServedModel;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** {@code POST /predictions/NAME}: an image as people send it, the likeliest classes back. */
final class Predictions implements ModelAction {

  private static final int TOP = 5;

  @Override
  public void check(Exchange exchange) throws RequestFault {
    String type = exchange.header("Content-Type");
    String plain = type == null ? "" : type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    if (!plain.isEmpty()
        && !plain.startsWith("image/")
        && !plain.equals("application/octet-stream")
        && !plain.equals(Multipart.TYPE)) {
      throw new RequestFault(
          FaultKind.UNSUPPORTED_TYPE,
          "send the image as the body with Content-Type image/… or application/octet-stream, or as"
              + " multipart/form-data");
    }
  }

  @Override
  public Job begin(Exchange exchange, Services services, ServedModel model, byte[] body)
      throws RequestFault {
    String type = exchange.header("Content-Type");
    byte[] image = Multipart.is(type) ? Multipart.file(type, body) : body;
    if (image.length == 0) {
      throw RequestFault.bad("the body is empty; an image is expected");
    }
    Query query = exchange.query();
    top(query); // before anything is computed
    long millis = query.number("timeout", Integer.MAX_VALUE, 1);
    return services.inference().images(model, List.of(image), Duration.ofMillis(millis));
  }

  private static int top(Query query) throws RequestFault {
    return query.number("top", TOP, 1);
  }

  @Override
  public Reply reply(Exchange exchange, ServedModel model, List<ImageResult> results)
      throws RequestFault {
    ModelFacts facts = model.facts();
    double[] answers = facts.head().of(results.get(0).logits());
    Meaning meaning = facts.head().meaning();
    List<TopClass> top = TopClass.of(answers, meaning, top(exchange.query()), facts.metadata());
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
