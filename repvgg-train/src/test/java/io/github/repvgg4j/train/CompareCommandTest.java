package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.config.TrainingConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {

  @TempDir Path temp;

  @Test
  void tableHoldsFiguresAndWhatDiffers() throws IOException {
    Path ended = run("a", 0.05, 0.5);
    Path going = run("b <i>", 0.1, 0.25);
    Files.delete(going.resolve("result.json"));
    Output output = compare("-o", page().toString(), ended.toString(), going.toString());
    assertThat(output.code).isZero();
    assertThat(output.out.replaceAll(" +", " "))
        .contains("top-1, test, % 50.00 37.50")
        .contains("top-1, last epoch, % 50.00 25.00")
        .contains("epochs 2 2")
        .contains("seconds 3.5 3.0")
        .contains("images/s, median 120 120")
        .contains("parameters 1,218 -")
        .contains("training.learningRate 0.05 0.1")
        .doesNotContain("output.folder", "training.seed");
  }

  @Test
  void pageHoldsTableAndAllCurves() throws IOException {
    Path first = run("a", 0.05, 0.5);
    Path second = run("b <i>", 0.1, 0.25);
    assertThat(compare("-o", page().toString(), first.toString(), second.toString()).code).isZero();
    Document html = Jsoup.parse(Files.readString(page()));
    assertThat(html.select("#runs tr:first-child th").eachText())
        .containsExactly(first.toString(), second.toString());
    assertThat(html.select("figure svg")).hasSize(4).allMatch(svg -> svg.childrenSize() > 2);
    assertThat(html.select("svg polyline")).hasSize(8);
    assertThat(html.select("#differences").text()).contains("training.learningRate 0.05 0.1");
    assertThat(html.select("i, script, [src]")).isEmpty();
  }

  @Test
  void badInputEndsInOneLine() throws IOException {
    assertThat(compare(temp.resolve("none").toString()).err)
        .isEqualTo("error: " + temp.resolve("none") + ": holds no run (no metrics.jsonl)\n");
    Path damaged = run("damaged", 0.1, 0.5);
    Files.writeString(damaged.resolve("metrics.jsonl"), "{\"epoch\":1,");
    assertThat(compare("-o", page().toString(), damaged.toString()).err)
        .startsWith("error: " + damaged.resolve("metrics.jsonl") + ": is damaged")
        .hasLineCount(1);
    assertThat(page()).doesNotExist();
    Output model = compare("-o", temp.resolve("model.zip").toString(), damaged.toString());
    assertThat(model.code).isEqualTo(2);
    assertThat(model.err).contains("must end in .html").hasLineCount(1);
    assertThat(compare().code).isEqualTo(2);
  }

  @Test
  void onlyAnEarlierComparisonIsReplaced() throws IOException {
    Path run = run("a", 0.05, 0.5);
    Path report = Files.writeString(run.resolve("report.html"), "<title>Report</title>");
    assertThat(compare("-o", report.toString(), run.toString()).err)
        .isEqualTo(
            "error: " + report + ": exists and is no comparison; give another -o FILE.html\n");
    assertThat(report).hasContent("<title>Report</title>");
    assertThat(compare("-o", page().toString(), run.toString()).code).isZero();
    assertThat(compare("-o", page().toString(), run.toString()).code).isZero();
  }

  private Path page() {
    return temp.resolve("page.html");
  }

  private Path run(String name, double rate, double top1) throws IOException {
    Path folder = Files.createDirectories(temp.resolve(name));
    TrainConfig config = SmallRuns.config(folder).withTraining(TrainingConfig.of(2, 8, rate, 1));
    Files.writeString(folder.resolve("config.yaml"), ConfigFiles.write(config));
    Files.writeString(
        folder.resolve("metrics.jsonl"), metrics(1, 0.375, 100) + metrics(2, top1, 120));
    Files.writeString(
        folder.resolve("result.json"),
        "{\"top1\":" + top1 + ",\"seconds\":3.5,\"parameters\":1218}");
    return folder;
  }

  private static String metrics(int epoch, double top1, int speed) {
    return "{\"epoch\":%d,\"iteration\":5,\"learningRate\":0.1,\"trainLoss\":2,\"testLoss\":1,\"top1\":%s,\"imagesPerSecond\":%d,\"seconds\":%s}\n"
        .formatted(epoch, top1, speed, 1.5 * epoch);
  }

  private record Output(int code, String out, String err) {}

  private static Output compare(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "compare";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        TrainMain.run(
            all,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Output(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
