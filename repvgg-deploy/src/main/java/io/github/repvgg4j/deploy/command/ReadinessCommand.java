package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.readiness.LayerReadiness;
import io.github.repvgg4j.deploy.readiness.Readiness;
import io.github.repvgg4j.text.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code readiness MODEL.zip}: whether it bears 8-bit integers. */
@Command(
    name = "readiness",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Tell from the weights alone whether a network bears 8-bit integers.",
    description = {
      "",
      "Takes a training form, which is fused for this, or a fast form; needs no data and changes",
      "nothing. Signal to noise (SQNR) of each layer's weights with one scale for each output",
      "channel and with one for all, what stretches their range, and a score: the SQNR that",
      "the logits are expected to have under the naive scheme.",
      ""
    })
final class ReadinessCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL.zip", description = "A training form or a fast form.")
  private Path model;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Readiness readiness = Readiness.of(model);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.text(readiness));
    } else {
      print(readiness, out);
    }
    out.flush();
    return ExitCode.OK;
  }

  private static void print(Readiness readiness, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s: score %.1f dB (%.1f dB with a scale for each channel): %s%n",
        readiness.file(),
        readiness.naiveDb(),
        readiness.schemeDb(),
        readiness.verdict().text());
    TextTable table =
        new TextTable()
            .row(
                "layer",
                "per channel dB",
                "per tensor dB",
                "max/std",
                "ruled by centre",
                "identity BN",
                "noise dB",
                "noise per channel dB");
    for (LayerReadiness layer : readiness.layers()) {
      table.row(
          layer.layer(),
          one(layer.perChannelDb()),
          one(layer.perTensorDb()),
          one(layer.maxOverStd()),
          layer.centreShare() == null
              ? "-"
              : String.format(Locale.ROOT, "%.0f%%", 100 * layer.centreShare()),
          layer.identityScale() == null ? "-" : one(layer.identityScale()),
          one(layer.naiveNoiseDb()),
          one(layer.schemeNoiseDb()));
    }
    table.print(out, "  ");
  }

  private static String one(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
