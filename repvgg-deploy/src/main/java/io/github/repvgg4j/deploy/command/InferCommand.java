package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.npy.NpyReader;
import io.github.repvgg4j.deploy.predict.OpenModel;
import io.github.repvgg4j.model.head.Head;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code infer MODEL.zip --input X.npy --output Y.npy}: arrays in, arrays out. */
@Command(
    name = "infer",
    mixinStandardHelpOptions = true,
    header = "Compute logits for arrays: X.npy to Y.npy.",
    description = {
      "",
      "X is float32 [N, C, H, W], already normalised, in C order as numpy.save writes it",
      "([N, H, W, C] for a network that reads that). Y becomes float32 [N, classes]: logits, or",
      "on request what the model's head makes of them. A head of feature maps gives feature maps.",
      "A network with several outputs gives a file for each: Y.NAME.npy.",
      ""
    })
final class InferCommand implements Callable<Integer> {

  @Mixin private ModelArguments arguments;
  @Mixin private AnswerOption answer;
  @Mixin private Outputs outputs;
  @Spec private CommandSpec spec;

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
      description = "Where to write.")
  private Path output;

  @Option(
      names = "--output-name",
      paramLabel = "NAME",
      description = "Of a network with several outputs write this one only, to Y.npy.")
  private String outputName;

  @Option(
      names = "--probabilities",
      description =
          "Write what the head makes of the logits, such as probabilities: softmax, sigmoid or what"
              + " else the model has.")
  private boolean probabilities;

  @Override
  public Integer call() throws IOException {
    int batch = arguments.batch();
    try (NpyReader reader = NpyReader.open(input);
        OpenModel model = arguments.open()) {
      model.checkInput(input, reader.shape());
      List<Target> targets = targets(model.engine().heads());
      for (Target target : targets) {
        outputs.check(target.file(), input, arguments.model());
      }
      List<INDArray> first = answers(model, targets, reader.next(batch));
      OutputArrays arrays =
          new OutputArrays(targets.stream().map(Target::file).toList(), reader.shape().get(0));
      arrays.write(
          first, () -> reader.hasNext() ? answers(model, targets, reader.next(batch)) : null);
      print(targets, first.stream().map(arrays::shape).toList());
    }
    return ExitCode.OK;
  }

  private void print(List<Target> targets, List<List<Long>> shapes) {
    List<Map<String, Object>> files = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < targets.size(); i++) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("output", targets.get(i).file().toString());
      facts.put("name", targets.get(i).head().name());
      facts.put("shape", shapes.get(i));
      files.add(facts);
      text.append(
          String.format(Locale.ROOT, "%s: %s float32%n", targets.get(i).file(), shapes.get(i)));
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("input", input.toString());
    facts.put("values", probabilities ? "probabilities" : "logits");
    facts.put("outputs", files);
    answer.print(facts, text.toString());
  }

  /**
   * What goes into which file.
   *
   * @param index of the output
   */
  private record Target(int index, Head head, Path file) {}

  private List<Target> targets(List<Head> heads) {
    List<String> names = heads.stream().map(Head::name).toList();
    if (outputName != null) {
      int index = names.indexOf(outputName);
      if (index < 0) {
        throw new ParameterException(
            spec.commandLine(),
            "--output-name: the model has no output '"
                + outputName
                + "'; it has "
                + String.join(", ", names));
      }
      return List.of(new Target(index, heads.get(index), output));
    }
    List<Path> files = OutputArrays.files(output, names);
    return IntStream.range(0, heads.size())
        .mapToObj(i -> new Target(i, heads.get(i), files.get(i)))
        .toList();
  }

  private List<INDArray> answers(OpenModel model, List<Target> targets, INDArray images) {
    List<INDArray> logits = model.engine().outputs(images);
    return targets.stream()
        .map(
            target -> {
              INDArray own = logits.get(target.index());
              return probabilities ? target.head().answers(own) : own;
            })
        .toList();
  }
}
