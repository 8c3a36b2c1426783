package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.convert.ConversionReport;
import io.github.repvgg4j.deploy.convert.ConversionReport.Form;
import io.github.repvgg4j.deploy.convert.ConversionReport.LayerDifference;
import io.github.repvgg4j.deploy.convert.ConversionReport.OutputDifference;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.text.TextTable;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Locale;

/** The proof of a conversion, for the eye. */
final class ReportView {

  private ReportView() {}

  static void print(ConversionReport report, PrintWriter out) {
    Form model = report.model();
    Form fast = report.fast();
    TextTable table = new TextTable();
    table.row("", "training form", "fast form");
    table.row("file", model.file(), fast.file());
    table.row("network", model.network(), fast.network());
    table.row("bytes", grouped(model.bytes()), grouped(fast.bytes()));
    table.row("parameters", grouped(model.parameters()), grouped(fast.parameters()));
    table.row("MACs an image", grouped(model.macs()), grouped(fast.macs()));
    if (report.accuracy() != null) {
      table.row("accuracy", percent(report.accuracy().model()), percent(report.accuracy().fast()));
    }
    if (report.latency() != null) {
      table.row(
          "ms an image",
          String.format(Locale.ROOT, "%.2f", report.latency().modelMillis()),
          String.format(
              Locale.ROOT,
              "%.2f  (%s)",
              report.latency().fastMillis(),
              faster(report.latency().speedup())));
    }
    table.print(out, "");
    out.println();
    printDifference(report, out);
    report.fused().forEach(out::println);
    report.refused().forEach(out::println);
    report.corrected().forEach(out::println);
  }

  private static void printDifference(ConversionReport report, PrintWriter out) {
    out.printf(Locale.ROOT, "compared on %s%n", report.comparedOn());
    out.printf(
        Locale.ROOT,
        "largest difference of a logit: %.1e, %.1e of the largest (limit %.1e)%n",
        report.maxAbsDifference(),
        report.maxRelDifference(),
        report.limit());
    if (report.outputs().size() > 1) {
      report.outputs().forEach(output -> printOutput(output, out));
    }
    report.layers().stream()
        .max(Comparator.comparingDouble(LayerDifference::maxRelDifference))
        .ifPresent(
            l ->
                out.printf(
                    Locale.ROOT,
                    "largest difference of a layer: %.1e, at %s%n",
                    l.maxRelDifference(),
                    l.name()));
    if (report.top1Agreement() != null) {
      boolean maps = report.outputs().stream().anyMatch(o -> o.shape().size() > 1);
      String of = maps ? "answers" : "images";
      out.printf(
          Locale.ROOT, "same class first: %s of the %s%n", percent(report.top1Agreement()), of);
    }
    out.printf(
        Locale.ROOT,
        "%s fused, %d refused%n",
        Count.of(report.fused().size(), "region"),
        report.refused().size());
  }

  private static void printOutput(OutputDifference output, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "output %s %s, %s: %.1e, %.1e of its largest%n",
        output.name(),
        output.shape(),
        output.function(),
        output.maxAbsDifference(),
        output.maxRelDifference());
  }

  private static String faster(double speedup) {
    return speedup >= 1
        ? String.format(Locale.ROOT, "%.1f times faster", speedup)
        : String.format(Locale.ROOT, "%.1f times slower", 1 / speedup);
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
