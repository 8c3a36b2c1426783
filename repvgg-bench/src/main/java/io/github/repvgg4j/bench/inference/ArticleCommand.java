package io.github.repvgg4j.bench.inference;

import io.github.repvgg4j.bench.engine.Engines;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import io.github.repvgg4j.bench.measure.ClockOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The experiment of the article "Implementing RepVGG in PyTorch": its network with branches and
 * fused, over the batch size, time and memory. Every call ends with its answer in Java's reach, so
 * that a GPU is synchronised.
 */
@Command(
    name = "article",
    mixinStandardHelpOptions = true,
    description = "The article's experiment: branches against fused over the batch size.")
public final class ArticleCommand implements Callable<Integer> {

  @Option(names = "--out", defaultValue = "article", description = "Folder for table and plots.")
  private Path out;

  @Mixin
  private final InferenceOptions options =
      new InferenceOptions(
          List.of(1, 2, 4, 8, 16, 32, 64, 128),
          List.of(Engines.DL4J_ACCELERATED, Engines.FAST),
          List.of(ArithmeticPeak.Type.FP32, ArithmeticPeak.Type.BF16),
          new ClockOptions(5, 2));

  @Override
  public Integer call() throws IOException {
    Report report = options.measure("article");
    System.out.println(report);
    Files.createDirectories(out);
    report.write(out.resolve("article.json"));
    int side = options.resolution();
    String network = "The article's network, " + side + " x " + side;
    List<Path> pictures = new ArrayList<>();
    for (Chart.Quantity quantity : Chart.Quantity.values()) {
      Path picture = out.resolve("article-" + quantity.name().toLowerCase(Locale.ROOT) + ".png");
      Chart.overBatch(picture, network, quantity, report.rows());
      pictures.add(picture);
    }
    Chart.page(out.resolve("article.html"), "The article's experiment", report, pictures);
    return 0;
  }
}
