package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.weights.Naming;
import io.github.repvgg4j.weights.WeightExport;
import io.github.repvgg4j.weights.checkpoint.CheckpointFiles;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code export-weights MODEL.zip -o FILE --naming official}. */
@Command(
    name = "export-weights",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Write a model's weights for PyTorch, timm or mmpretrain.",
    description = {"", "Either form; imported weights come back bit for bit.", ""})
final class ExportWeightsCommand implements Callable<Integer> {

  @Spec private CommandSpec command;
  @Mixin private AnswerOption answer;
  @Mixin private Outputs outputs;

  @Parameters(paramLabel = "MODEL.zip", description = "A training or a fast form.")
  private Path model;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "Ends in .safetensors or .pth.")
  private Path output;

  @Option(
      names = "--naming",
      paramLabel = "NAMES",
      defaultValue = "OFFICIAL",
      description = "Whose tensor names: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Naming naming;

  @Override
  public Integer call() throws IOException {
    outputs.check(output, model);
    ModelZip.LoadedModel loaded = ModelZip.load(model);
    RepVggSpec spec =
        loaded
            .metadata()
            .spec()
            .orElseThrow(
                () ->
                    new ArchiveException(
                        model
                            + ": does not say that it is a RepVGG network (no spec in its"
                            + " repvgg.json), so its tensors have no names elsewhere"));
    Map<String, Tensor> tensors = tensors(loaded, spec);
    CheckpointFiles.save(output, tensors);
    List<String> warnings = LostByNames.warnings(output, loaded.metadata().form(), spec);
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("model", model.toString());
    facts.put("file", output.toString());
    facts.put("tensors", tensors.size());
    facts.put("naming", naming.label());
    facts.put("warnings", warnings);
    answer.print(
        facts,
        String.format(
            Locale.ROOT, "%s: %d tensors, %s names%n", output, tensors.size(), naming.label()));
    warnings.forEach(command.commandLine().getErr()::println);
    command.commandLine().getErr().flush();
    return ExitCode.OK;
  }

  private Map<String, Tensor> tensors(ModelZip.LoadedModel loaded, RepVggSpec spec)
      throws ArchiveException {
    try {
      return WeightExport.tensors(loaded.network(), spec, naming, batchesTracked(loaded));
    } catch (IllegalArgumentException e) {
      throw new ArchiveException(model + ": " + e.getMessage(), e);
    }
  }

  private static long batchesTracked(ModelZip.LoadedModel loaded) {
    String kept =
        loaded.metadata().provenance().getOrDefault(ImportWeightsCommand.BATCHES_TRACKED, "0");
    return kept.matches("\\d{1,18}") ? Long.parseLong(kept) : 0;
  }
}
