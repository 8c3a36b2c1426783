package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.quantize.QuantizationReport;
import io.github.repvgg4j.deploy.quantize.QuantizationReport.AccuracyFacts;
import io.github.repvgg4j.deploy.quantize.QuantizationReport.SchemeFacts;
import io.github.repvgg4j.deploy.quantize.scheme.Noise.LayerNoise;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.text.TextTable;
import java.io.PrintWriter;
import java.util.Locale;

/** What quantising came to, for the eye. */
final class QuantizationView {

  private QuantizationView() {}

  static void print(QuantizationReport report, PrintWriter out) {
    AccuracyFacts accuracy = report.accuracy();
    TextTable table = new TextTable();
    table.row("", "FP32", "INT8");
    table.row("file", report.fast().file(), report.int8().file());
    table.row("bytes", grouped(report.fast().bytes()), grouped(report.int8().bytes()));
    table.row("accuracy", percent(accuracy.fp32()), percent(accuracy.int8()));
    table.print(out, "");
    out.println();
    out.printf(
        Locale.ROOT,
        "drop %.2f points on %s, 95 %% interval %.2f to %.2f (at most %.2f allowed)%n",
        100 * accuracy.drop(),
        Count.of(accuracy.images(), "test image"),
        100 * accuracy.lower(),
        100 * accuracy.upper(),
        100 * accuracy.maxDrop());
    if (accuracy.badImages() > 0) {
      out.printf(
          Locale.ROOT, "%s left out, unreadable%n", Count.of(accuracy.badImages(), "test image"));
    }
    printScheme(report, out);
    out.println();
    TextTable layers = new TextTable().row("layer", "own SQNR dB", "accumulated");
    for (LayerNoise layer : report.layers()) {
      layers.row(layer.layer(), decibels(layer.ownDb()), decibels(layer.accumulatedDb()));
    }
    layers.print(out, "");
  }

  private static void printScheme(QuantizationReport report, PrintWriter out) {
    SchemeFacts scheme = report.scheme();
    out.printf(
        Locale.ROOT,
        "calibrated on %s (%s), weights within ±%d (%s), %s, logits' SQNR %.1f dB%n",
        Count.of(report.calibration().images(), "training image"),
        scheme.activations(),
        scheme.weightLimit(),
        scheme.rounding(),
        scheme.equalisedPairs() == 0
            ? "channels as trained"
            : Count.of(scheme.equalisedPairs(), "pair") + " of layers equalised",
        report.logitSqnrDb());
    if (!scheme.keptFloat().isEmpty()) {
      out.printf(Locale.ROOT, "kept in float32: %s%n", String.join(", ", scheme.keptFloat()));
    }
    out.printf(Locale.ROOT, "computed by %s%n", report.accuracy().computedBy());
  }

  private static String decibels(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
