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
import java.util.ArrayList;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {

  private static final String MAP = "meanAveragePrecision";

  @TempDir Path temp;

  @Test
  void tableHoldsFiguresAndWhatDiffers() throws IOException {
    Path ended = run("a", 0.05, 0.5);
    Path going = run("b <i>", 0.1, 0.25);
    Files.delete(going.resolve("result.json"));
    Output output = compare("-o", page().toString(), ended.toString(), going.toString());
    assertThat(output.code).isZero();
    assertThat(output.out.replaceAll(" +", " "))
        .contains(
            "top-1, test, % top-1, last epoch, % epochs seconds images/s, median parameters\n")
        .contains(ended + " 50.00 50.00 2 3.5 110 1,218\n")
        .contains(going + " 37.50 25.00 2 3.0 110 -\n")
        .contains(going + ", not as (" + ended + "):\n training.learningRate 0.1 (0.05)\n")
        .doesNotContain("output.folder", "training.seed");
  }

  /** 50, 25 and 45 %: mean 40; another folder is no difference, other data are. */
  @Test
  void runsThatDifferInTheirSeedsStandTogether() throws IOException {
    List<String> folders =
        List.of(
            run("a1", 0.05, 1, 0.5).toString(),
            run("b1", 0.1, 1, 0.6).toString(),
            run("a2", 0.05, 2, 0.25).toString(),
            run("a3", 0.05, 3, 0.45).toString(),
            run("again", 0.05, 3, 0.45).toString(),
            run("b2", 0.1, 2, 0.7).toString());
    Path other = run("other", 0.05, 4, 0.1);
    Files.writeString(
        other.resolve("config.yaml"),
        Files.readString(other.resolve("config.yaml"))
            .replace("trainPerClass: 4", "trainPerClass: 5"));
    List<String> arguments = new ArrayList<>(List.of("-o", page().toString()));
    arguments.addAll(folders);
    arguments.add(other.toString());
    Output output = compare(arguments.toArray(String[]::new));
    assertThat(output.err).isEmpty();
    assertThat(output.out.replaceAll(" +", " "))
        .contains(folders.get(0) + " (3 seeds) 40.00 (25.00 to 50.00) 40.00 (25.00 to 50.00) 2")
        .contains(folders.get(1) + " (2 seeds) 65.00 (60.00 to 70.00) ")
        .contains(folders.get(4) + " 45.00 45.00 2")
        .contains(other + " 10.00 10.00 2")
        .contains(
            folders.get(1)
                + " (2 seeds), not as ("
                + folders.get(0)
                + " (3 seeds)):\n training.seed 1, 2 (1, 2, 3)\n training.learningRate 0.1 (0.05)\n");
    Document html = Jsoup.parse(Files.readString(page()));
    assertThat(html.select("#runs tr")).hasSize(5);
    Element top1 = html.select("figure").get(0);
    assertThat(top1.select("svg polyline")).hasSize(7);
    assertThat(top1.select("svg .line0")).hasSize(3);
    assertThat(top1.select("svg .line1")).hasSize(2);
    assertThat(top1.select(".key")).hasSize(4);
  }

  @Test
  void manyLinesAreTellableApart() throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-o", page().toString()));
    for (int i = 0; i < 13; i++) {
      arguments.add(run("run" + i, 0.01 * (i + 1), 0.5).toString());
    }
    assertThat(compare(arguments.toArray(String[]::new)).code).isZero();
    Element top1 = Jsoup.parse(Files.readString(page())).select("figure").get(0);
    List<String> lines = top1.select("svg polyline").eachAttr("class");
    assertThat(lines).hasSize(13).doesNotHaveDuplicates();
    assertThat(top1.select(".key").eachAttr("class"))
        .isEqualTo(lines.stream().map(line -> line.replace("line", "key key")).toList());
  }

  @Test
  void runsOfSeveralClassesAnImageHaveTheirOwnFigure() throws IOException {
    Path run = run("several", 0.05, 0.5);
    Files.writeString(run.resolve("metrics.jsonl"), metrics(1, 0.375, 100).replace("top1", MAP));
    Files.writeString(
        run.resolve("result.json"),
        "{\"%s\":0.625,\"chosenBy\":\"mean average precision\",\"seconds\":3}".formatted(MAP));
    Output alone = compare("-o", page().toString(), run.toString());
    assertThat(alone.out.replaceAll(" +", " "))
        .contains(" mean average precision, test, % mean average precision, last epoch, % epochs ")
        .contains(run + " 62.50 37.50 1 ")
        .doesNotContain("top-1");
    assertThat(Files.readString(page())).contains("Mean average precision, %, test, over epochs");
    Path other = run("a", 0.05, 0.5);
    Output both = compare("-o", page().toString(), other.toString(), run.toString());
    assertThat(both.out.replaceAll(" +", " "))
        .contains(other + " 50.00 50.00 - - 2 ", run + " - - 62.50 37.50 1 ");
  }

  /** The first one's epoch was chosen by val, and test was looked at once. */
  @Test
  void figuresOfValAndOfTestStandApart() throws IOException {
    Path chosen = run("chosen", 0.05, 0.5);
    Files.writeString(
        chosen.resolve("result.json"), "{\"top1\":0.5,\"finalTop1\":0.375,\"seconds\":3.5}");
    Path plain = run("plain", 0.05, 0.25);
    String out = compare("-o", page().toString(), chosen.toString(), plain.toString()).out;
    assertThat(out.replaceAll(" +", " "))
        .contains(" top-1, val, % top-1, test, % top-1, last epoch, test or val, % epochs ")
        .contains(chosen + " 50.00 37.50 50.00 2 ", plain + " - 25.00 25.00 2 ");
    assertThat(Files.readString(page())).contains("Top-1 accuracy, %, test or val, over epochs");
  }

  @Test
  void otherImagesAreADifferenceAndAnotherPlaceIsNot() throws IOException {
    Path first = onImages("first", "data/a", 4);
    Path moved = onImages("moved", "data/b", 4);
    Path other = onImages("other", "data/c", 5);
    assertThat(compare("-o", page().toString(), first.toString(), moved.toString()).out)
        .doesNotContain("data.path");
    assertThat(
            compare("-o", page().toString(), first.toString(), other.toString())
                .out
                .replaceAll(" +", " "))
        .contains(other + ", not as (" + first + "):\n data.path data/c (data/a)\n");
  }

  private Path onImages(String name, String path, int images) throws IOException {
    Path run = run(name, 0.05, 0.5);
    Path config = run.resolve("config.yaml");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceAll("\n  generated:(\n    .*)+", "")
            .replaceAll("\n  path: .*", "\n  path: " + path));
    Files.writeString(
        run.resolve("data.json"),
        "{\"labels\":[\"a\"],\"splits\":{\"train\":[{\"images\":%d,\"sha256\":\"0\"}]}}"
            .formatted(images));
    return run;
  }

  @Test
  void pageHoldsTableAndAllCurves() throws IOException {
    Path first = run("a", 0.05, 0.5);
    Path second = run("b <i>", 0.1, 0.25);
    assertThat(compare("-o", page().toString(), first.toString(), second.toString()).code).isZero();
    Document html = Jsoup.parse(Files.readString(page()));
    assertThat(html.select("#runs tr:not(:first-child) th").eachText())
        .containsExactly(first.toString(), second.toString());
    assertThat(html.select("figure svg")).hasSize(5).allMatch(svg -> svg.childrenSize() > 2);
    assertThat(html.select("svg polyline")).hasSize(10);
    assertThat(html.select("figcaption b").eachText())
        .startsWith(
            "Top-1 accuracy, %, test, over epochs", "Top-1 accuracy, %, test, over seconds");
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

  /** Chosen by balanced accuracy, as its model.zip is, whose top-1 was better before. */
  @Test
  void unfinishedRunIsShownByTheEpochOfItsModel() throws IOException {
    Path run = run("a", 0.05, 0.5);
    Files.delete(run.resolve("result.json"));
    Path config = run.resolve("config.yaml");
    String yaml = Files.readString(config);
    assertThat(yaml).contains("balance: none");
    Files.writeString(config, yaml.replace("balance: none", "balance: weights"));
    String balanced = "\"top1\":%s,\"balancedAccuracy\":%s,";
    Files.writeString(
        run.resolve("metrics.jsonl"),
        metrics(1, 0.5, 100).replace("\"top1\":0.5,", balanced.formatted(0.61, 0.47))
            + metrics(2, 0.5, 100).replace("\"top1\":0.5,", balanced.formatted(0.93, 0.25)));
    String out = compare("-o", page().toString(), run.toString()).out;
    assertThat(out).containsPattern("61.00 +93.00 +47.00 +25.00");
  }

  private Path page() {
    return temp.resolve("page.html");
  }

  private Path run(String name, double rate, double top1) throws IOException {
    return run(name, rate, 1, top1);
  }

  private Path run(String name, double rate, int seed, double top1) throws IOException {
    Path folder = Files.createDirectories(temp.resolve(name));
    TrainConfig small = SmallRuns.config(folder).withTraining(TrainingConfig.of(2, 8, rate, seed));
    String images = folder.resolve("images").toString(); // generated, as a run's file has them
    TrainConfig config = small.withData(small.data().withPath(images));
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
