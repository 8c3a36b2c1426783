package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.answer.Meaning;
import io.github.repvgg4j.answer.TopClass;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.deploy.predict.Explainer;
import io.github.repvgg4j.deploy.predict.Explainer.Explanation;
import io.github.repvgg4j.deploy.predict.ImageFiles;
import io.github.repvgg4j.deploy.predict.OpenModel;
import io.github.repvgg4j.runtime.image.ImageAnswer;
import io.github.repvgg4j.runtime.image.ImageClassifier;
import io.github.repvgg4j.runtime.image.ImageSource;
import io.github.repvgg4j.text.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code predict MODEL.zip IMAGE…|FOLDER}: the likeliest classes of images. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    header = "Name the likeliest classes of images.",
    description = {
      "",
      "Images are prepared as the model's training prepared its test images. One that cannot",
      "be read is named, the others go on, and the exit code is 1.",
      ""
    })
final class PredictCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private ModelArguments arguments;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE|FOLDER",
      description =
          "Image files, which are always taken; or folders of them at any depth, zips, manifests.")
  private List<Path> paths;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "5",
      description = "Classes to name for each image (default: ${DEFAULT-VALUE}).")
  private int top;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Mixin private ExplainOptions explain;

  @Override
  public Integer call() throws IOException {
    int batch = arguments.batch();
    if (top < 1) {
      throw new ParameterException(spec.commandLine(), "--top must be at least 1, got " + top);
    }
    explain.check(arguments.model());
    List<ImageAnswer> answers;
    try (ImageFiles files = ImageFiles.find(paths);
        OpenModel model = arguments.open()) {
      files.notes().forEach(note -> spec.commandLine().getErr().println("note: " + note));
      explain.check(files.images(), paths);
      ImageClassifier classifier = model.classifier().withBatch(batch);
      if (explain.wanted()) {
        answers = explained(files.images(), new Explainer(model), classifier.meaning());
      } else {
        answers = classifier.classify(files.images(), top);
        print(answers, answers, classifier.meaning());
      }
    }
    return answers.stream().anyMatch(answer -> answer.error() != null)
        ? ExitCode.SOFTWARE
        : ExitCode.OK;
  }

  /** One image after another; their pictures are drawn at the end. */
  private List<ImageAnswer> explained(ImageSource images, Explainer explainer, Meaning meaning)
      throws IOException {
    OptionalInt wanted =
        explain.className() == null
            ? OptionalInt.empty()
            : OptionalInt.of(explainer.index(explain.className()));
    List<ImageAnswer> answers = new ArrayList<>();
    List<ExplanationView> views = new ArrayList<>();
    List<Explanation> explanations = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      try {
        Explanation explanation = explainer.explain(images, i, wanted, top);
        explanations.add(explanation);
        answers.add(new ImageAnswer(images.name(i), explanation.top(), null));
        views.add(ExplanationView.of(explanation));
      } catch (BadImageException e) {
        answers.add(new ImageAnswer(images.name(i), null, e.getMessage()));
        views.add(ExplanationView.bad(images.name(i), e.getMessage()));
      }
    }
    explain.write(explanations);
    print(answers, views, meaning);
    return answers;
  }

  /**
   * @param views of the same, for JSON
   */
  private void print(List<ImageAnswer> answers, List<?> views, Meaning meaning) {
    PrintWriter out = spec.commandLine().getOut();
    answers.stream()
        .filter(answer -> answer.error() != null)
        .forEach(bad -> spec.commandLine().getErr().println("error: " + bad.error()));
    if (json) {
      out.println(Json.text(views));
    } else if (answers.stream().anyMatch(answer -> answer.error() == null)) {
      table(answers, meaning).print(out, "");
    }
    out.flush();
    spec.commandLine().getErr().flush();
  }

  private static TextTable table(List<ImageAnswer> answers, Meaning meaning) {
    String column = meaning == Meaning.PROBABILITIES ? "probability" : "output";
    TextTable table = new TextTable().row("image", "class", column);
    for (ImageAnswer answer : answers) {
      if (answer.error() == null) {
        for (int i = 0; i < answer.top().size(); i++) {
          TopClass c = answer.top().get(i);
          String value = String.format(Locale.ROOT, "%.4f", c.value());
          table.row(i == 0 ? answer.image() : "", c.label(), value);
        }
      }
    }
    return table;
  }
}
