package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.deploy.convert.IntegerVerification;
import io.github.repvgg4j.deploy.convert.Verification;
import io.github.repvgg4j.deploy.convert.VerifyOptions;
import io.github.repvgg4j.deploy.convert.VerifyOptions.LogitBounds;
import io.github.repvgg4j.proof.Certificate;
import io.github.repvgg4j.runtime.check.SelfCheckReport;
import io.github.repvgg4j.text.Count;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
      "measured again. The logits that convert recorded, and those of the fast runtime, are held",
      "against Deeplearning4j's; the integers of an INT8 zip, code by code, against plain Java.",
      "Exit code 1 when anything was altered or exceeds its bound.",
      ""
    })
final class VerifyCommand implements Callable<Integer> {

  @Mixin private AnswerOption answer;

  @Parameters(paramLabel = "FAST.zip", description = "A fast form that convert wrote.")
  private Path fast;

  @Option(names = "--against", paramLabel = "MODEL.zip", description = "Its training form.")
  private Path against;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Measure on these images: CLASS/IMAGE, or test/CLASS/IMAGE.")
  private Path data;

  @Option(
      names = "--bounds",
      description = "Derive how far rounding can take the fast runtime's logits: seconds more.")
  private boolean bounds;

  @Override
  public Integer call() throws IOException {
    Verification verification =
        Verification.of(
            fast,
            new VerifyOptions(
                Optional.ofNullable(against),
                Optional.ofNullable(data),
                bounds ? LogitBounds.DERIVED : LogitBounds.LEFT_OUT));
    answer.print(json(verification), text(verification));
    if (!verification.faults().isEmpty()) {
      throw new IOException(fast + ": " + String.join("; ", verification.faults()));
    }
    return ExitCode.OK;
  }

  private Map<String, Object> json(Verification verification) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("file", fast.toString());
    facts.put("asCertified", verification.faults().isEmpty());
    facts.put("faults", verification.faults());
    facts.put("fusedAgain", verification.measuredAgain().isPresent());
    facts.put("recordedLogits", verification.runtime().recorded().orElse(null));
    facts.put(
        "fastRuntime", verification.runtime().runtime().map(VerifyCommand::report).orElse(null));
    facts.put("int8", verification.integers().map(VerifyCommand::integers).orElse(null));
    facts.put("fastRuntimeBounds", verification.runtime().bounds());
    facts.put(
        "regions", shown(verification).regions().stream().map(VerifyCommand::region).toList());
    return facts;
  }

  private static Map<String, Object> report(SelfCheckReport report) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("reference", report.reference());
    facts.put("maxRelativeDifference", report.maxRelativeDifference());
    facts.put("bound", report.bound());
    facts.put("top1Agreement", report.top1Agreement());
    facts.put("images", report.images());
    report.codes().ifPresent(codes -> facts.put("codes", codes));
    return facts;
  }

  private static Map<String, Object> integers(IntegerVerification integers) {
    Map<String, Object> facts = IntegersView.json(integers.model());
    facts.remove("report");
    facts.put("check", integers.check().map(VerifyCommand::report).orElse(null));
    facts.put("unchecked", integers.unchecked());
    return facts;
  }

  private static Map<String, Object> region(Certificate.RegionProof region) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", region.name());
    facts.put("measured", region.measured().orElse(null));
    facts.put("estimated", region.estimatedBound());
    facts.put("proven", region.provenBound());
    return facts;
  }

  private static Certificate shown(Verification verification) {
    return verification.measuredAgain().orElse(verification.certificate());
  }

  private String text(Verification verification) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    Certificate shown = shown(verification);
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
    boolean lean = verification.integers().filter(it -> it.model().isLean()).isPresent();
    verification
        .runtime()
        .recorded()
        .ifPresent(
            difference ->
                out.printf(
                    Locale.ROOT,
                    "recorded logits: differ from Deeplearning4j's now by %.1e%n",
                    difference));
    verification
        .runtime()
        .runtime()
        .ifPresent(report -> out.printf(Locale.ROOT, "fast runtime: %s%n", report));
    verification
        .runtime()
        .bounds()
        .forEach(bound -> out.printf(Locale.ROOT, "fast runtime, %s%n", bound));
    if (bounds && verification.runtime().bounds().isEmpty()) {
      out.printf(
          Locale.ROOT,
          "fast runtime: no bounds, since %s%n",
          lean || verification.runtime().recorded().isPresent()
              ? "it was not run in FP32"
              : "the file records no logits (" + Probe.ENTRY + ")");
    }
    verification.integers().ifPresent(integers -> print(integers, out));
    if (verification.faults().isEmpty() && !lean) {
      out.printf(
          Locale.ROOT,
          "%s: %s as certified%s%n",
          fast,
          Count.of(shown.regions().size(), "fused kernel"),
          verification.measuredAgain().isPresent()
              ? ", equal to the training form fused again"
              : " (no training form at hand: not fused again)");
    }
    return text.toString();
  }

  private void print(IntegerVerification integers, PrintWriter out) {
    integers.check().ifPresent(report -> out.printf(Locale.ROOT, "INT8: %s%n", report));
    if (!integers.unchecked().isEmpty()) {
      out.printf(Locale.ROOT, "INT8: not run: %s%n", integers.unchecked());
    }
    if (integers.faults().isEmpty()) {
      out.printf(
          Locale.ROOT,
          "%s: %s in integers as certified%s%n",
          fast,
          Count.of(integers.model().network().layers().size(), "layer"),
          integers.model().isLean()
              ? " (lean: no FP32 weights to hold against the certificate)"
              : ", made from these FP32 weights");
    }
  }
}
