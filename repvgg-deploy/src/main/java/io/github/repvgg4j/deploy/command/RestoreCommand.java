package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ModelZip;
import io.github.repvgg4j.proof.ModelHash;
import io.github.repvgg4j.proof.TrainingForm;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FAST.zip", description = "A fast form with its training form kept.")
  private Path fast;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "MODEL.zip",
      description = "Where to write.")
  private Path output;

  @Option(names = "--force", description = "Replace MODEL.zip if it exists.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    if (!force && Files.exists(output)) {
      throw new IOException(output + ": exists already; --force replaces it");
    }
    TrainingForm.restore(fast, output);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s: parameters sha256 %s%n",
        output,
        ModelHash.of(ModelZip.load(output).network().params()));
    out.flush();
    return ExitCode.OK;
  }
}
