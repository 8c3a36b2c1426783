package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.deploy.npy.NpyReader;
import io.github.repvgg4j.deploy.npy.NpyWriter;
import io.github.repvgg4j.deploy.predict.OpenModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infer MODEL.zip --input X.npy --output Y.npy}: arrays in, arrays out. */
@Command(
    name = "infer",
    mixinStandardHelpOptions = true,
    header = "Compute logits for arrays: X.npy to Y.npy.",
    description = {
      "",
      "X is float32 [N, C, H, W], already normalised, in C order as numpy.save writes it;",
      "Y becomes float32 [N, classes]: logits, or probabilities on request.",
      ""
    })
final class InferCommand implements Callable<Integer> {

  @Mixin private ModelArguments arguments;
  @Mixin private AnswerOption answer;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "X.npy",
      description = "Images, float32 [N, C, H, W], normalised.")
  private Path input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "Y.npy",
      description = "Where to write; replaced only by a whole new file.")
  private Path output;

  @Option(names = "--probabilities", description = "Write softmax(logits) instead of logits.")
  private boolean probabilities;

  @Override
  public Integer call() throws IOException {
    int batch = arguments.batch();
    try (NpyReader reader = NpyReader.open(input, 4);
        OpenModel model = arguments.open()) {
      model.checkInput(input, reader.shape());
      INDArray first = answers(model, reader.next(batch));
      List<Long> shape = List.of(reader.shape().get(0), first.size(1));
      AtomicFile.write(
          output,
          temporary -> {
            try (NpyWriter writer = NpyWriter.create(temporary, shape)) {
              writer.append(first);
              while (reader.hasNext()) {
                writer.append(answers(model, reader.next(batch)));
              }
            }
          });
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("input", input.toString());
      facts.put("output", output.toString());
      facts.put("shape", shape);
      facts.put("values", probabilities ? "probabilities" : "logits");
      answer.print(facts, String.format(Locale.ROOT, "%s: %s float32%n", output, shape));
    }
    return ExitCode.OK;
  }

  private INDArray answers(OpenModel model, INDArray images) {
    INDArray logits = model.engine().logits(images);
    return probabilities ? Nd4j.nn().softmax(logits, 1) : logits;
  }
}
