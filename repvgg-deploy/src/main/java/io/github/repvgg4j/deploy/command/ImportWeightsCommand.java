package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.archive.ProjectVersion;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.model.ModelConfig;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggVariant;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.weights.ImageNetLabels;
import io.github.repvgg4j.weights.ImportedWeights;
import io.github.repvgg4j.weights.StateDict;
import io.github.repvgg4j.weights.StateDictStructure;
import io.github.repvgg4j.weights.Wanted;
import io.github.repvgg4j.weights.WeightFiles;
import io.github.repvgg4j.weights.WeightImport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code import-weights FILE --variant A0 -o MODEL.zip}. */
@Command(
    name = "import-weights",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Turn a PyTorch or safetensors checkpoint into a model zip.",
    description = {
      "",
      "Understands .pth (both containers of torch.save) and .safetensors, the tensor names of the",
      "official implementation, timm and mmpretrain, training form and deploy form; which of them,",
      "it finds out by itself, as it does where in the file they stand and under which prefix.",
      "Other tensors and Python objects beside them are left out and listed; nothing is executed.",
      ""
    })
final class ImportWeightsCommand implements Callable<Integer> {

  /** Key of the provenance that keeps BatchNorm's count, for which DL4J has no place. */
  static final String BATCHES_TRACKED = "weights.batchesTracked";

  @Spec private CommandSpec command;
  @Mixin private AnswerOption answer;
  @Mixin private Outputs outputs;

  @Parameters(paramLabel = "FILE", description = "A .pth or .safetensors file.")
  private Path file;

  @ArgGroup(multiplicity = "1")
  private Structure structure;

  /** Exactly one of the two. */
  private static final class Structure {
    @Option(
        names = "--variant",
        paramLabel = "NAME",
        description = "A published network, such as A0 or B1g4 ('variants' lists them).")
    private String variant;

    @Option(
        names = "--spec",
        paramLabel = "SPEC.yaml",
        description = "The keys of model: depths, widths, strides, groups, squeezeExcitation, ...")
    private Path spec;
  }

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "MODEL.zip",
      description = "Where to write.")
  private Path output;

  @Option(
      names = "--from",
      paramLabel = "PLACE",
      defaultValue = "",
      description =
          "Which weights, where the checkpoint has several: a map or a prefix of names, such as"
              + " model_ema (default: those that fit the network best).")
  private String place;

  @Option(
      names = "--bn-eps",
      paramLabel = "EPS",
      description =
          "What BatchNorm adds to the variance; no checkpoint says it (default: 1e-5, as PyTorch;"
              + " YOLO-like models use 1e-3).")
  private Double batchNormEps;

  @Option(
      names = "--input",
      paramLabel = "C,H,W",
      converter = ShapeConverter.class,
      description = "With --variant: shape of one image (default: 3,224,224).")
  private InputShape input;

  @Option(
      names = "--labels",
      paramLabel = "LABELS.txt",
      description = "Class names, one a line (default: ImageNet's where there are 1000 classes).")
  private Path labels;

  @Override
  public Integer call() throws IOException {
    ModelConfig model = model();
    RepVggSpec asked = spec(model);
    outputs.check(output, file, structure.spec, labels);
    StateDict dict = WeightFiles.load(file, new Wanted(place, Optional.of(asked)));
    RepVggSpec spec = model.numClasses() == null ? withClassesOf(dict, asked) : asked;
    ImportedWeights imported = WeightImport.network(dict, spec);
    ModelZipWriter.of(imported.network(), metadata(imported, dict)).write(output);
    List<String> warnings = ImportView.warnings(file, imported, batchNormEps);
    answer.print(
        ImportView.facts(file, imported, dict, output, warnings),
        ImportView.text(file, imported, dict, output));
    warnings.forEach(command.commandLine().getErr()::println);
    command.commandLine().getErr().flush();
    return ExitCode.OK;
  }

  private ModelConfig model() throws IOException {
    if (structure.spec != null) {
      if (input != null) {
        throw new ParameterException(
            command.commandLine(), "--input goes with --variant; --spec has a key input");
      }
      return SpecFile.read(structure.spec);
    }
    InputShape shape = input == null ? InputShape.square(224) : input;
    try {
      return ModelConfig.of(RepVggVariant.of(structure.variant), shape);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--variant: " + e.getMessage());
    }
  }

  private RepVggSpec spec(ModelConfig model) {
    int classes = model.numClasses() == null ? ImageNetLabels.COUNT : model.numClasses();
    RepVggSpec spec = model.spec(classes);
    try {
      return batchNormEps == null ? spec : spec.withBatchNormEps(batchNormEps);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--bn-eps: " + e.getMessage());
    }
  }

  /** Who does not say how many classes there are takes those of the file. */
  private static RepVggSpec withClassesOf(StateDict dict, RepVggSpec asked) throws IOException {
    return StateDictStructure.of(dict)
        .spec()
        .map(found -> asked.withNumClasses(found.numClasses()))
        .orElse(asked);
  }

  private ModelMetadata metadata(ImportedWeights imported, StateDict dict) throws IOException {
    ModelMetadata metadata =
        ModelMetadata.of(imported.form(), imported.spec())
            .withProvenance("program", ProjectVersion.program())
            .withProvenance("weights.file", file.getFileName().toString())
            .withProvenance("weights.sha256", Sha256.of(file))
            .withProvenance("weights.place", (dict.location() + " " + dict.prefix()).strip())
            .withProvenance("weights.naming", imported.naming().label())
            .withProvenance(BATCHES_TRACKED, Long.toString(imported.batchesTracked()));
    if (labels != null) {
      metadata = withLabels(metadata, LabelFile.read(labels));
    } else if (imported.spec().numClasses() == ImageNetLabels.COUNT) {
      metadata = metadata.withLabels(ImageNetLabels.names());
    }
    return switch (imported.spec().input().channels()) {
      case 1 -> metadata.withPreprocessing(Preprocessing.IMAGENET_GREY);
      case 3 -> metadata.withPreprocessing(Preprocessing.IMAGENET);
      default -> metadata;
    };
  }

  private ModelMetadata withLabels(ModelMetadata metadata, List<String> names)
      throws ArchiveException {
    int classes = metadata.spec().map(RepVggSpec::numClasses).orElse(names.size());
    if (names.size() != classes) {
      throw new ArchiveException(
          String.format(
              Locale.ROOT,
              "%s: holds %s, but the network has %s; give one name a line",
              labels,
              Count.of(names.size(), "name"),
              Count.of(classes, "class", "classes")));
    }
    return metadata.withLabels(names);
  }
}
