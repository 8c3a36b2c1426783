package io.github.repvgg4j.deploy.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.deploy.predict.ImageClassifier;
import io.github.repvgg4j.deploy.predict.ImageFiles;
import io.github.repvgg4j.deploy.predict.ImageSource;
import io.github.repvgg4j.deploy.predict.OpenModel;
import io.github.repvgg4j.deploy.predict.TopClass;
import io.github.repvgg4j.model.head.HeadFunction.Meaning;
import io.github.repvgg4j.text.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  /**
   * The answer for one image.
   *
   * @param image its path
   * @param top the likeliest classes; null where the image is bad
   * @param error what is wrong with the image; null where nothing is
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Answer(String image, List<TopClass> top, String error) {}

  @Override
  public Integer call() throws IOException {
    int batch = arguments.batch();
    if (top < 1) {
      throw new ParameterException(spec.commandLine(), "--top must be at least 1, got " + top);
    }
    List<Answer> answers = new ArrayList<>();
    try (ImageFiles files = ImageFiles.find(paths);
        OpenModel model = arguments.open()) {
      files.notes().forEach(note -> spec.commandLine().getErr().println("note: " + note));
      ImageSource images = files.images();
      ImageClassifier classifier = ImageClassifier.of(model, batch);
      Meaning meaning = classifier.head().function().meaning();
      classifier.classify(images, receiver(model.metadata(), meaning, images, answers));
      print(answers, meaning);
    }
    return answers.stream().anyMatch(answer -> answer.error() != null)
        ? ExitCode.SOFTWARE
        : ExitCode.OK;
  }

  private ImageClassifier.Receiver receiver(
      ModelMetadata metadata, Meaning meaning, ImageSource images, List<Answer> answers) {
    return new ImageClassifier.Receiver() {
      @Override
      public void answer(int index, double[] given) {
        List<TopClass> likeliest = TopClass.of(given, meaning, top, metadata);
        answers.add(new Answer(images.name(index), likeliest, null));
      }

      @Override
      public void bad(int index, BadImageException fault) {
        spec.commandLine().getErr().println("error: " + fault.getMessage());
        answers.add(new Answer(images.name(index), null, fault.getMessage()));
      }
    };
  }

  private void print(List<Answer> answers, Meaning meaning) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.text(answers));
    } else if (answers.stream().anyMatch(answer -> answer.error() == null)) {
      String column = meaning == Meaning.PROBABILITIES ? "probability" : "output";
      TextTable table = new TextTable().row("image", "class", column);
      for (Answer answer : answers) {
        if (answer.error() == null) {
          for (int i = 0; i < answer.top().size(); i++) {
            TopClass c = answer.top().get(i);
            String value = String.format(Locale.ROOT, "%.4f", c.value());
            table.row(i == 0 ? answer.image() : "", c.label(), value);
          }
        }
      }
      table.print(out, "");
    }
    out.flush();
    spec.commandLine().getErr().flush();
  }
}
