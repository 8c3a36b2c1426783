package io.github.repvgg4j.train.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.train.RunListener;
import io.github.repvgg4j.train.Training;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a small run whose names are hostile. */
class RunReportTest {

  private static final String CLASS = "<b onclick=x>ring & \"co\" '{{title}}'";
  private static final String FILE = "<img src=x onerror=alert(1)>.png";

  @TempDir static Path temp;
  private static Path page;
  private static Document html;

  @BeforeAll
  static void train() throws IOException {
    Path images = temp.resolve("images");
    GeneratedImages.write(images, new GeneratedImages.Options(4, 3, 16, 1));
    for (String split : new String[] {"train", "test"}) {
      Files.move(images.resolve(split).resolve("ring"), images.resolve(split).resolve(CLASS));
    }
    Path test = images.resolve("test").resolve(CLASS);
    Files.move(test.resolve("0000.png"), test.resolve(FILE));
    TrainConfig config = ConfigFiles.parse("page.yaml", YAML);
    config = config.withData(config.data().withPath(images.toString()));
    Path run = temp.resolve("run <i>");
    Training.run(config.withFolder(run), RunListener.SILENT);
    page = run.resolve("report.html");
    html = Jsoup.parse(Files.readString(page));
  }

  private static final String YAML =
      """
      model:
        depths: [1, 1, 1, 1]
        widths: [4, 4, 4, 4, 8]
        strides: [1, 2, 2, 1, 1]
        input: [3, 16, 16]
      data: {path: unused, threads: 2}
      training:
        epochs: 2
        batchSize: 8
        learningRate: 0.05
        schedule: {warmupEpochs: 1}
        testTimeAveraging: flip
      backend: {accelerate: off}
      output: {folder: unused}
      """;

  @Test
  void everySectionIsThere() {
    assertThat(html.title()).isEqualTo("run <i>: training report");
    assertThat(html.select("h2").eachText())
        .containsExactly(
            "Next",
            "Curves",
            "Classes",
            "Confusion matrix",
            "Most confident mistakes",
            "What each branch contributes",
            "Configuration",
            "Environment");
    assertThat(html.select("figure svg")).hasSize(4);
    assertThat(html.select("#classes tr")).hasSize(11);
    assertThat(html.select("#confusion tbody tr")).hasSize(10);
    assertThat(html.select("#branches tr")).hasSize(6);
    assertThat(html.select("#differences").text()).contains("training.epochs 120 2");
    assertThat(html.select("#environment").text()).contains("memory: off-heap", "cpu: model");
    assertThat(html.select("pre").text()).contains("warmupEpochs");
  }

  @Test
  void accuracyOverCopiesStandsBesideThePlainOne() throws IOException {
    double averaged =
        new ObjectMapper()
            .readTree(page.resolveSibling("result.json").toFile())
            .path("top1Averaged")
            .asDouble(-1);
    assertThat(html.select(".tiles .card:contains(mean of 2 copies) b").text())
        .isEqualTo(String.format(Locale.ROOT, "%.2f %%", 100 * averaged));
  }

  @Test
  void chosenEpochIsMarkedAndSpeedBeginsAtZero() {
    assertThat(html.select("figure:contains(Loss) path.mark")).hasSize(1);
    assertThat(html.select("figure:contains(Top-1) path.mark")).hasSize(1);
    assertThat(html.select(".chosen").get(0).text()).matches("model.zip: epoch [12]");
    assertThat(html.select("figure:contains(images/s) text.y").get(0).text()).isEqualTo("0");
  }

  @Test
  void branchThatABlockLacksIsNoZero() {
    assertThat(html.select("#branches tr:contains(stage1.block0) td").get(3).text())
        .isEqualTo("\u2013");
    assertThat(html.select("#branches tr:contains(stage1.block0) i")).hasSize(2);
  }

  @Test
  void nextStepCanBePasted() {
    assertThat(html.select("#next").text())
        .contains("convert '" + page.resolveSibling("model.zip"));
    assertThat(RunReport.shellWord("runs/it's/model.zip")).isEqualTo("'runs/it'\\''s/model.zip'");
    assertThat(RunReport.shellWord("runs/a/model.zip")).isEqualTo("runs/a/model.zip");
  }

  @Test
  void confusionMatrixCountsEveryTestImage() {
    int sum =
        html.select("#confusion td").stream()
            .filter(Element::hasText)
            .mapToInt(cell -> Integer.parseInt(cell.text()))
            .sum();
    assertThat(sum).isEqualTo(30);
  }

  @Test
  void everyPictureIsInsideAndCanBeDecoded() throws IOException {
    assertThat(html.select("img")).isNotEmpty();
    for (Element image : html.select("img")) {
      String prefix = "data:image/png;base64,";
      assertThat(image.attr("src")).startsWith(prefix);
      byte[] bytes = Base64.getDecoder().decode(image.attr("src").substring(prefix.length()));
      assertThat(ImageIO.read(new ByteArrayInputStream(bytes)).getWidth()).isEqualTo(16);
    }
  }

  @Test
  void besideEachMistakeAreItsMapsForTheAnswerAndForTheTruth() {
    assertThat(html.select(".mistakes figure")).isNotEmpty();
    for (Element mistake : html.select(".mistakes figure")) {
      assertThat(mistake.select("img")).hasSize(3);
      String answer = mistake.select("b").text();
      assertThat(mistake.select("img").get(1).attr("alt")).isEqualTo("for " + answer);
      assertThat(mistake.select("img").get(2).attr("alt")).isNotEqualTo("for " + answer);
      assertThat(mistake.select("img").eachAttr("src")).doesNotHaveDuplicates();
    }
  }

  @Test
  void nothingIsFetchedAndNothingRuns() throws IOException {
    assertThat(html.select("script, iframe, object, embed, link:not([href^=data:])")).isEmpty();
    assertThat(html.select("[src]:not([src^=data:]), a[href]")).isEmpty();
    assertThat(Files.readString(page)).doesNotContain("url(", "@import", "http:", "https:");
  }

  @Test
  void namesOfClassesAndFilesAreText() {
    assertThat(html.select("#classes td.name").eachText()).contains(CLASS);
    assertThat(html.select("#confusion tbody th").eachText()).contains(CLASS);
    assertThat(html.select("[onclick], [onerror], h1 i")).isEmpty();
    assertThat(html.select(".file").eachText()).anyMatch(name -> name.endsWith(FILE));
  }

  @Test
  void browserShowsItOnPhoneAndDesktopWithoutAWord() throws Exception {
    for (int width : new int[] {500, 1280}) {
      BufferedImage picture = Browser.open(page, width, temp);
      assertThat(picture.getWidth()).isEqualTo(width);
      assertThat(colours(picture)).isGreaterThan(50);
    }
  }

  private static long colours(BufferedImage picture) {
    int[] pixels =
        picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
    return java.util.Arrays.stream(pixels).distinct().count();
  }
}
