package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.convert.Verification;
import io.github.repvgg4j.proof.Certificate;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify FAST.zip}: the certificate, computed again. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Check a fast form against its certificate, and against its training form.",
    description = {
      "",
      "Recomputes the hash of every fused kernel. Where the training form is at hand (--against,",
      "or kept inside FAST.zip) it is fused again and compared bit for bit, and every region is",
      "measured again. Exit code 1 when anything was altered or exceeds its bound.",
      ""
    })
final class VerifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FAST.zip", description = "A fast form that convert wrote.")
  private Path fast;

  @Option(names = "--against", paramLabel = "MODEL.zip", description = "Its training form.")
  private Path against;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Measure on these images: CLASS/IMAGE, or test/CLASS/IMAGE.")
  private Path data;

  @Override
  public Integer call() throws IOException {
    Verification verification =
        Verification.of(fast, Optional.ofNullable(against), Optional.ofNullable(data));
    PrintWriter out = spec.commandLine().getOut();
    Certificate shown = verification.measuredAgain().orElse(verification.certificate());
    out.printf(Locale.ROOT, "%-32s %12s %12s %12s%n", "region", "measured", "estimated", "proven");
    for (Certificate.RegionProof region : shown.regions()) {
      out.printf(
          Locale.ROOT,
          "%-32s %12s %12.3e %12.3e%n",
          region.name(),
          region.measured().map(m -> String.format(Locale.ROOT, "%.3e", m)).orElse("-"),
          region.estimatedBound(),
          region.provenBound());
    }
    out.flush();
    if (!verification.faults().isEmpty()) {
      throw new IOException(fast + ": " + String.join("; ", verification.faults()));
    }
    out.printf(
        Locale.ROOT,
        "%s: %d fused kernels as certified%s%n",
        fast,
        shown.regions().size(),
        verification.measuredAgain().isPresent()
            ? ", equal to the training form fused again"
            : " (no training form at hand: not fused again)");
    out.flush();
    return ExitCode.OK;
  }
}
