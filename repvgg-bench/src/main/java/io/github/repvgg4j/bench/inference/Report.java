package io.github.repvgg4j.bench.inference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.repvgg4j.bench.measure.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** All rows of a run and the machine they were measured on. */
public record Report(Machine machine, List<Row> rows) {

  private static final String FORMAT =
      "| %-16s | %-4s | %-12s | %-7s | %5s | %10s | %16s | %8s | %6s | %6s | %8s |%n";

  void write(Path json) throws IOException {
    if (json.toAbsolutePath().getParent() != null) {
      Files.createDirectories(json.toAbsolutePath().getParent());
    }
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    Files.writeString(json, mapper.writeValueAsString(this) + "\n");
  }

  /** A Markdown table. */
  String table() {
    StringBuilder text = new StringBuilder(header());
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              FORMAT,
              row.engine(),
              row.precision(),
              row.form(),
              row.variant(),
              row.batch(),
              number(row.medianMillis()),
              number(row.p10Millis()) + " - " + number(row.p90Millis()),
              number(row.imagesPerSecond()),
              Math.round(100 * row.fractionOfPeak()) + " %",
              row.peakMemoryMb(),
              String.format(Locale.ROOT, "%.1e", row.maxAbsDifference())));
    }
    return text.toString();
  }

  private static String header() {
    Object[] names = {
      "engine",
      "prec",
      "form",
      "network",
      "batch",
      "median ms",
      "p10 - p90",
      "images/s",
      "peak",
      "MB",
      "differs"
    };
    Object[] line = new Object[names.length];
    java.util.Arrays.fill(line, "---");
    return String.format(Locale.ROOT, FORMAT, names) + String.format(Locale.ROOT, FORMAT, line);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %d MB, %s, %s, %d threads, peak %.0f GFLOP/s FP32, %.0f BF16, %.0f GOP/s INT8, %s%n%n%s",
        machine.cpu(),
        machine.cores(),
        machine.memoryMb(),
        machine.os(),
        machine.jdk(),
        machine.threads(),
        machine.peakGflopsFp32(),
        machine.peakGflopsBf16(),
        machine.peakGopsInt8(),
        machine.date(),
        table());
  }
}
