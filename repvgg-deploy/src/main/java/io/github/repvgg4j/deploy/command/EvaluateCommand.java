package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.answer.LabelScores;
import io.github.repvgg4j.answer.Meaning;
import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.listing.Labelling;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.deploy.predict.EvaluationReport;
import io.github.repvgg4j.deploy.predict.EvaluationReport.ClassFigures;
import io.github.repvgg4j.deploy.predict.Evaluator;
import io.github.repvgg4j.deploy.predict.LabelReport;
import io.github.repvgg4j.deploy.predict.LabelledImages;
import io.github.repvgg4j.deploy.predict.OpenModel;
import io.github.repvgg4j.text.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code evaluate MODEL.zip DATA}: how good a model is. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    header = "Measure accuracy on images whose classes are known.",
    description = {
      "",
      "Prints top-1 and top-5 accuracy, figures of each class, and the confusion matrix (for",
      "more than 20 classes only the commonest confusions; --json always has all of it). Of a",
      "model whose classes do not exclude each other: mean average precision, F1 and exact",
      "matches; tables name the classes of an image with | between them.",
      "An image that cannot be read is named and counted, the others go on, the exit code is 1.",
      ""
    })
final class EvaluateCommand implements Callable<Integer> {

  private static final int LARGEST_MATRIX = 20;
  private static final int CONFUSIONS = 10;

  @Spec private CommandSpec spec;
  @Mixin private ModelArguments arguments;

  @Parameters(
      index = "1",
      paramLabel = "DATA",
      description =
          "A folder or zip with CLASS/IMAGE or test/CLASS/IMAGE (or val/), or a manifest.")
  private Path data;

  @Option(
      names = "--averaging",
      paramLabel = "COPIES",
      converter = Averaging.class,
      defaultValue = "none",
      description =
          "Average the answers to several copies of each image: none, flip (also mirrored) or"
              + " flip-translate (also moved by a pixel; six passes). Default: none.")
  private TestTimeAveraging averaging;

  @Option(
      names = "--threshold",
      paramLabel = "P",
      description =
          "Of a model whose classes do not exclude each other: the probability from which on a"
              + " class counts as answered, 0 to 1. Default: 0.5.")
  private Double threshold;

  @Option(names = "--json", description = "Print JSON instead of tables.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    arguments.batch();
    if (threshold != null && !(threshold >= 0 && threshold <= 1)) {
      throw new ParameterException(
          spec.commandLine(), "--threshold must be from 0 to 1, got " + threshold);
    }
    int bad;
    try (OpenModel model = arguments.open()) {
      boolean several = model.classifier().meaning() == Meaning.INDEPENDENT_PROBABILITIES;
      if (threshold != null && !several) {
        throw new ParameterException(
            spec.commandLine(),
            "--threshold: is for models whose classes do not exclude each other (sigmoid); this"
                + " one answers with the likeliest class");
      }
      ImageData.Options options =
          ImageData.Options.PLAIN.withLabelling(several ? Labelling.SEVERAL : Labelling.ONE);
      try (LabelledImages images = LabelledImages.open(data, options, model.metadata().labels())) {
        images.notes().forEach(note -> spec.commandLine().getErr().println("note: " + note));
        bad = several ? labels(model, images) : classes(model, images);
      }
    }
    spec.commandLine().getOut().flush();
    spec.commandLine().getErr().flush();
    return bad == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private int classes(OpenModel model, LabelledImages images) throws IOException {
    EvaluationReport report =
        Evaluator.evaluate(model, images, arguments.batch(), averaging, this::say);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.text(report));
    } else {
      print(report, out);
    }
    return report.badImages();
  }

  private int labels(OpenModel model, LabelledImages images) throws IOException {
    double from = threshold == null ? LabelScores.THRESHOLD : threshold;
    LabelReport report =
        Evaluator.evaluateLabels(model, images, arguments.batch(), averaging, from, this::say);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.text(report));
    } else {
      print(report, out);
    }
    return report.badImages();
  }

  private void say(BadImageException fault) {
    spec.commandLine().getErr().println("error: " + fault.getMessage());
  }

  private static void print(LabelReport report, PrintWriter out) {
    out.printf(Locale.ROOT, "images  %d%n", report.images());
    if (report.badImages() > 0) {
      out.printf(Locale.ROOT, "bad     %d left out%n", report.badImages());
    }
    out.printf(
        Locale.ROOT,
        "mean average precision  %s%nthreshold %s: micro F1 %.4f, macro F1 %.4f, all classes"
            + " right %.4f%n%n",
        average(report.meanAveragePrecision()),
        report.threshold(),
        report.microF1(),
        report.macroF1(),
        report.exactMatch());
    TextTable table =
        new TextTable().row("class", "images", "precision", "recall", "F1", "average precision");
    for (LabelReport.Row c : report.classes()) {
      table.row(
          c.label(),
          c.images(),
          share(c.precision()),
          share(c.recall()),
          share(c.f1()),
          average(c.averagePrecision()));
    }
    table.print(out, "");
  }

  /** There is none where no image shows a class. */
  private static String average(Double precision) {
    return precision == null ? "-" : share(precision);
  }

  /** As a configuration has it: lower case, with hyphens. */
  private static final class Averaging implements ITypeConverter<TestTimeAveraging> {
    @Override
    public TestTimeAveraging convert(String value) {
      for (TestTimeAveraging known : TestTimeAveraging.values()) {
        if (known.name().replace('_', '-').equalsIgnoreCase(value)) {
          return known;
        }
      }
      throw new TypeConversionException(
          "must be none, flip or flip-translate, got '" + value + "'");
    }
  }

  private static void print(EvaluationReport report, PrintWriter out) {
    out.printf(Locale.ROOT, "images  %d%n", report.images());
    if (report.badImages() > 0) {
      out.printf(Locale.ROOT, "bad     %d left out%n", report.badImages());
    }
    out.printf(Locale.ROOT, "top-1   %.4f%n", report.top1());
    out.printf(Locale.ROOT, "top-%d   %.4f%n%n", report.n(), report.topN());
    TextTable table = new TextTable().row("class", "images", "precision", "recall", "F1");
    for (ClassFigures c : report.classes()) {
      table.row(c.label(), c.images(), share(c.precision()), share(c.recall()), share(c.f1()));
    }
    table.print(out, "");
    out.println();
    if (report.classes().size() <= LARGEST_MATRIX) {
      printMatrix(report, out);
    } else {
      printConfusions(report, out);
    }
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private static void printMatrix(EvaluationReport report, PrintWriter out) {
    out.println("confusion matrix: rows are true classes, columns are answers");
    List<String> head = new ArrayList<>(List.of(""));
    report.classes().forEach(c -> head.add(c.label()));
    TextTable table = new TextTable().row(head.toArray());
    for (int i = 0; i < report.classes().size(); i++) {
      List<Object> row = new ArrayList<>(List.of(report.classes().get(i).label()));
      for (int count : report.confusion()[i]) {
        row.add(count);
      }
      table.row(row.toArray());
    }
    table.print(out, "  ");
  }

  /** One kind of wrong answer. */
  private record Confusion(String actual, String answered, int count) {}

  private static void printConfusions(EvaluationReport report, PrintWriter out) {
    List<Confusion> confusions = new ArrayList<>();
    int[][] counts = report.confusion();
    for (int i = 0; i < counts.length; i++) {
      for (int j = 0; j < counts.length; j++) {
        if (i != j && counts[i][j] > 0) {
          confusions.add(
              new Confusion(
                  report.classes().get(i).label(), report.classes().get(j).label(), counts[i][j]));
        }
      }
    }
    confusions.sort(Comparator.comparingInt(Confusion::count).reversed());
    out.println("commonest confusions");
    TextTable table = new TextTable().row("true class", "answer", "images");
    confusions.stream()
        .limit(CONFUSIONS)
        .forEach(c -> table.row(c.actual(), c.answered(), c.count()));
    table.print(out, "  ");
  }
}
