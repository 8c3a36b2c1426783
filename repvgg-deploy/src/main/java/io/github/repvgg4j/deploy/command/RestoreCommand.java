package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.proof.ModelHash;
import io.github.repvgg4j.proof.TrainingForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code restore FAST.zip -o MODEL.zip}: the training form, bit for bit. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Take the training form out of a fast zip, bit for bit.",
    description = {
      "",
      "For fast zips written by convert --keep-training-form. The result is the very file that",
      "was converted, with its optimizer's state if it had one.",
      ""
    })
final class RestoreCommand implements Callable<Integer> {

  @Mixin private AnswerOption answer;
  @Mixin private Outputs outputs;

  @Parameters(paramLabel = "FAST.zip", description = "A fast form with its training form kept.")
  private Path fast;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "MODEL.zip",
      description = "Where to write.")
  private Path output;

  @Override
  public Integer call() throws IOException {
    outputs.check(output, fast);
    LoadedModel restored = TrainingForm.restore(fast, output);
    String hash = ModelHash.of(restored.network().params());
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("fast", fast.toString());
    facts.put("model", output.toString());
    facts.put("parametersSha256", hash);
    answer.print(facts, String.format(Locale.ROOT, "%s: parameters sha256 %s%n", output, hash));
    return ExitCode.OK;
  }
}
