package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.answer.AnswerChoice;
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
import java.util.OptionalDouble;
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
      description =
          "Classes to name for each image, at most (default: 5; of a model whose classes do not"
              + " exclude each other, all from --threshold on).")
  private Integer top;

  @Option(
      names = "--threshold",
      paramLabel = "P",
      description =
          "Name only classes of at least this probability, 0 to 1 (default of a model whose classes"
              + " do not exclude each other, where --top isn't given: 0.5).")
  private Double threshold;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Mixin private ExplainOptions explain;

  @Override
  public Integer call() throws IOException {
    int batch = arguments.batch();
    AnswerChoice choice = choice();
    explain.check(arguments.model());
    List<ImageAnswer> answers;
    try (ImageFiles files = ImageFiles.find(paths);
        OpenModel model = arguments.open()) {
      files.notes().forEach(note -> spec.commandLine().getErr().println("note: " + note));
      explain.check(files.images(), paths);
      ImageClassifier classifier = model.classifier().withBatch(batch);
      checked("--threshold: ", () -> choice.check(classifier.meaning()));
      if (explain.wanted()) {
        answers = explained(files.images(), new Explainer(model), classifier.meaning(), choice);
      } else {
        answers = classifier.classify(files.images(), choice);
        print(answers, answers, classifier.meaning());
      }
    }
    return answers.stream().anyMatch(answer -> answer.error() != null)
        ? ExitCode.SOFTWARE
        : ExitCode.OK;
  }

  private AnswerChoice choice() {
    OptionalInt most = top == null ? OptionalInt.empty() : OptionalInt.of(top);
    OptionalDouble least =
        threshold == null ? OptionalDouble.empty() : OptionalDouble.of(threshold);
    checked("--top ", () -> new AnswerChoice(most, OptionalDouble.empty()));
    checked("--threshold ", () -> new AnswerChoice(OptionalInt.empty(), least));
    return new AnswerChoice(most, least);
  }

  private void checked(String option, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + e.getMessage(), e);
    }
  }

  /** One image after another; their pictures are drawn at the end. */
  private List<ImageAnswer> explained(
      ImageSource images, Explainer explainer, Meaning meaning, AnswerChoice choice)
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
        Explanation explanation = explainer.explain(images, i, wanted, choice);
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
    String column = meaning.isProbability() ? "probability" : "output";
    TextTable table = new TextTable().row("image", "class", column);
    for (ImageAnswer answer : answers) {
      if (answer.error() == null) {
        if (answer.top().isEmpty()) {
          table.row(answer.image(), "-", "");
        }
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
