package io.github.repvgg4j.serve.http;

import io.github.repvgg4j.answer.TopClass;
import io.github.repvgg4j.serve.fault.FaultKind;
import io.github.repvgg4j.serve.fault.RequestFault;
import io.github.repvgg4j.serve.inference.ImageResult;
import io.github.repvgg4j.serve.inference.Inference;
import io.github.repvgg4j.serve.inference.Job;
import io.github.repvgg4j.serve.model.ModelFacts;
import io.github.repvgg4j.serve.model.ServedModel;
import io.github.repvgg4j.serve.protocol.ExpectedInput;
import io.github.repvgg4j.serve.protocol.InferAnswer;
import io.github.repvgg4j.serve.protocol.InferRequest;
import io.github.repvgg4j.serve.protocol.InferRequestReader;
import io.github.repvgg4j.serve.protocol.Input;
import io.github.repvgg4j.serve.protocol.RequestedOutput;
import io.github.repvgg4j.serve.protocol.TensorName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code POST /v2/models/NAME/infer}. */
final class Infer implements ModelAction {

  private static final String JSON_BYTES = "Inference-Header-Content-Length";
  private static final Set<String> TYPES =
      Set.of("", Reply.JSON, "application/octet-stream", "application/vnd.triton.binary+json");

  @Override
  public void check(Exchange exchange) throws RequestFault {
    if (!TYPES.contains(exchange.contentType())) {
      throw new RequestFault(
          FaultKind.UNSUPPORTED_TYPE,
          "Content-Type: application/json expected, or application/octet-stream with tensors in"
              + " binary");
    }
  }

  /** A number takes two characters at least, and four bytes in an array that grows by doubling. */
  @Override
  public long workingBytes(Exchange exchange, byte[] body) throws RequestFault {
    String header = exchange.header(JSON_BYTES);
    return 4L * (header == null ? body.length : InferRequestReader.length(header, body.length));
  }

  @Override
  public Work begin(Exchange exchange, Services services, ServedModel model, byte[] body)
      throws RequestFault {
    ModelFacts facts = model.facts();
    Inference inference = services.inference();
    ExpectedInput expected =
        new ExpectedInput(
            facts.input(),
            facts.channels(),
            inference.options().maxPixels(),
            inference.maxImages());
    InferRequest request =
        InferRequestReader.read(body, Optional.ofNullable(exchange.header(JSON_BYTES)), expected);
    Duration deadline = request.timeout().orElse(inference.options().deadline());
    Job job;
    if (request.input() instanceof Input.Tensor tensor) {
      job = inference.tensor(model, tensor.values(), tensor.count(), tensor.shape(), deadline);
    } else {
      job = inference.images(model, ((Input.Encoded) request.input()).files(), deadline);
    }
    return new Work(job, results -> reply(request, model, results));
  }

  private static Reply reply(InferRequest request, ServedModel model, List<ImageResult> results) {
    InferAnswer answer = new InferAnswer(request.id(), model.id().name(), model.id().version());
    for (RequestedOutput output : request.outputs()) {
      if (output.classes() > 0) {
        answer.classes(output, classes(output, model.facts(), results));
      } else {
        answer.numbers(output, numbers(output.name(), model.facts(), results));
      }
    }
    InferAnswer.Written written = answer.written();
    return written
        .jsonBytes()
        .map(
            length ->
                Reply.of(200, "application/octet-stream", written.body())
                    .with(JSON_BYTES, Integer.toString(length)))
        .orElseGet(() -> Reply.json(written.body()));
  }

  private static float[][] numbers(TensorName name, ModelFacts facts, List<ImageResult> results) {
    float[][] rows = new float[results.size()][];
    for (int i = 0; i < rows.length; i++) {
      float[] logits = results.get(i).logits();
      rows[i] = name == TensorName.LOGITS ? logits : floats(facts.head().of(logits));
    }
    return rows;
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static String[][] classes(
      RequestedOutput output, ModelFacts facts, List<ImageResult> results) {
    float[][] numbers = numbers(output.name(), facts, results);
    String[][] rows = new String[numbers.length][];
    for (int i = 0; i < rows.length; i++) {
      double[] row = new double[numbers[i].length];
      for (int c = 0; c < row.length; c++) {
        row[c] = numbers[i][c];
      }
      rows[i] =
          TopClass.of(row, facts.head().meaning(), output.classes(), facts.metadata()).stream()
              .map(top -> (float) top.value() + ":" + top.index() + ":" + top.label())
              .toArray(String[]::new);
    }
    return rows;
  }
}
