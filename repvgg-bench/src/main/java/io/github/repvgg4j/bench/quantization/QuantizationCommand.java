package io.github.repvgg4j.bench.quantization;

import io.github.repvgg4j.bench.measure.Table;
import io.github.repvgg4j.bench.quantization.Ablation.Row;
import io.github.repvgg4j.bench.quantization.Ablation.Stress;
import io.github.repvgg4j.deploy.quantize.gate.PairedDrop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Accuracy of fast forms under schemes of quantising, as Markdown tables. */
@Command(
    name = "quantization",
    mixinStandardHelpOptions = true,
    description =
        "Accuracy of fast forms in INT8 under each scheme and under stress, and how the readiness"
            + " score ranks them.")
public final class QuantizationCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "FAST.zip", description = "Fast forms.")
  private List<Path> models;

  @Option(names = "--data", required = true, description = "Data set with train/ and test/.")
  private Path data;

  @Option(names = "--images", defaultValue = "512", description = "To calibrate on.")
  private int images;

  @Option(
      names = "--stress",
      split = ",",
      defaultValue = "0.25,0.5,1.0",
      description = "Deviations of the logarithm of the channels' factors; 0 for none.")
  private List<Double> sigmas;

  @Option(names = "--only-stress", description = "Leave the table of schemes out.")
  private boolean onlyStress;

  private final List<Stress> all = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    for (Path model : models) {
      Ablation ablation = new Ablation(model, data, images);
      System.out.printf(Locale.ROOT, "%n### %s%n%n", model);
      if (!onlyStress) {
        System.out.println(schemes(ablation.schemes()));
      }
      System.out.println(stress(ablation));
    }
    if (all.size() > 1) {
      System.out.printf(
          Locale.ROOT,
          "readiness score and accuracy under the naive scheme, %d networks: rank correlation"
              + " %.2f%n",
          all.size(),
          RankCorrelation.of(
              all.stream().mapToDouble(Stress::scoreDb).toArray(),
              all.stream().mapToDouble(row -> -row.naive().drop().drop()).toArray()));
    }
    return 0;
  }

  private static Table schemes(List<Row> rows) {
    Table table =
        new Table("scheme | FP32 | INT8 | drop, points | 95 % interval | logits' SQNR dB");
    for (Row row : rows) {
      PairedDrop drop = row.drop();
      table.row(
          "%s | %.2f %% | %.2f %% | %.2f | %.2f to %.2f | %s",
          row.name(),
          100 * drop.first(),
          100 * drop.second(),
          100 * drop.drop(),
          100 * drop.lower(),
          100 * drop.upper(),
          Double.isNaN(row.sqnrDb()) ? "-" : String.format(Locale.ROOT, "%.1f", row.sqnrDb()));
    }
    return table;
  }

  private Table stress(Ablation ablation) throws IOException {
    Table table =
        new Table(
            "sigma | readiness score dB | FP32 | per-tensor, min-max | per-channel, min-max"
                + " | `quantize` | its drop | 95 % interval");
    List<Double> steps = new ArrayList<>(List.of(0.0));
    sigmas.stream().filter(sigma -> sigma > 0).forEach(steps::add);
    for (double sigma : steps) {
      Stress row = ablation.stress(sigma);
      all.add(row);
      PairedDrop full = row.full().drop();
      table.row(
          "%.2f | %.1f | %.2f %% | %.2f %% | %.2f %% | %.2f %% | %.2f | %.2f to %.2f",
          sigma,
          row.scoreDb(),
          100 * full.first(),
          100 * row.naive().drop().second(),
          100 * row.channel().drop().second(),
          100 * full.second(),
          100 * full.drop(),
          100 * full.lower(),
          100 * full.upper());
    }
    return table;
  }
}
