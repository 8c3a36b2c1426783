package io.github.repvgg4j.bench;

import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggVariant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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
final class ArticleCommand implements Callable<Integer> {

  @Option(names = "--batch", split = ",", defaultValue = "1,2,4,8,16,32,64,128")
  private List<Integer> batches;

  @Option(names = "--resolution", defaultValue = "224")
  private int resolution;

  @Option(names = "--engines", split = ",", defaultValue = "dl4j-accelerated,fast-runtime")
  private List<String> engines;

  @Option(names = "--seconds", defaultValue = "5", description = "For each batch size.")
  private double seconds;

  @Option(names = "--out", defaultValue = "article", description = "Folder for table and plots.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    Machine machine = Machine.here();
    Workload workload =
        Workload.of("article", RepVggVariant.ARTICLE.spec(1000, InputShape.square(resolution)));
    InferenceBench bench = new InferenceBench(machine, new InterleavedClock(seconds, 2), engines);
    List<Row> rows = bench.run(workload, batches);
    Report report = new Report(machine, rows);
    System.out.println(report);
    Files.createDirectories(out);
    report.write(out.resolve("article.json"));
    String network = "The article's network, " + resolution + " x " + resolution;
    List<Path> pictures = new ArrayList<>();
    for (Chart.Quantity quantity : Chart.Quantity.values()) {
      Path picture = out.resolve("article-" + quantity.name().toLowerCase(Locale.ROOT) + ".png");
      Chart.overBatch(picture, network, quantity, rows);
      pictures.add(picture);
    }
    Chart.page(out.resolve("article.html"), "The article's experiment", report, pictures);
    return 0;
  }
}
