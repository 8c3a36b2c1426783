package io.github.repvgg4j.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.deploy.DeployMain;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.testkit.JavaProcess;
import io.github.repvgg4j.testkit.JavaProcess.Result;
import io.github.repvgg4j.train.TrainMain;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Train, convert, verify and predict give the same everywhere, to the bit and to the letter. */
class StrangeMachinesTest {

  /** In the order of their UTF-8 bytes, which is the order of the labels. */
  private static final List<String> CLASSES = List.of("Ilık", "größe ü", "naïve", "日本 50 %");

  private static final Pattern FOREIGN_DIGIT = Pattern.compile("[\\p{Nd}&&[^0-9]]");
  private static final Path NOWHERE = Path.of("/dev/null/nowhere");
  private static final String CONFIG =
      """
      model:
        depths: [1, 1, 1, 1]
        widths: [4, 4, 4, 4, 8]
        strides: [1, 2, 2, 1, 1]
        input: [3, 16, 16]
      data: {path: images, threads: 2}
      training: {epochs: 1, batchSize: 4}
      output: {folder: run}
      """;

  @TempDir static Path temp;
  private static Path plain;

  @BeforeAll
  static void anOrdinaryMachineHasTrained() throws Exception {
    plain = work("plain");
    assertSound(JavaProcess.of(Steps.class), plain);
  }

  @Test
  void withoutUtf8LocaleHomeAndTemporaryFolderOnAnArabicMachine() throws Exception {
    assertSame(
        language("ar", "EG")
            .environment("LC_ALL", "C")
            .environment("HOME", null)
            .option("-Dfile.encoding=US-ASCII")
            .option("-Dorg.bytedeco.javacpp.cachedir=" + nativeCache())
            .option("-Duser.home=?")
            .option("-Djava.io.tmpdir=" + NOWHERE),
        work("arabic"));
  }

  @Test
  void withASmallHeapOnATurkishMachineInAFolderWithAStrangeName() throws Exception {
    assertSame(language("tr", "TR").option("-Xmx160m"), work("wei rd 50%25 größe #1 + '日本'"));
  }

  @Test
  @Tag("proof")
  void inEveryLanguageOfTheJdkThatWritesDigitsOrPointsOfItsOwn() throws Exception {
    for (String locale : List.of("fa-IR", "de-DE", "hi-IN", "th-TH", "my-MM", "ne-NP", "lt-LT")) {
      String[] parts = locale.split("-", 2);
      assertSame(language(parts[0], parts[1]), work(locale));
    }
  }

  private static JavaProcess language(String language, String country) {
    return JavaProcess.of(Steps.class)
        .option("-Duser.language=" + language)
        .option("-Duser.country=" + country);
  }

  private static Path nativeCache() {
    return Path.of(System.getProperty("user.home"), ".javacpp", "cache");
  }

  /** What {@code mvn exec:java} and the launchers start, one after the other. */
  static final class Steps {
    public static void main(String[] arguments) {
      TrainMain.main(new String[] {"config.yaml"});
      DeployMain.main(new String[] {"convert", "run/model.zip"});
      DeployMain.main(new String[] {"verify", "run/fast.zip", "--against", "run/model.zip"});
      System.out.println("answers:");
      DeployMain.main(new String[] {"predict", "--json", "run/fast.zip", "images/test"});
    }
  }

  private static Path work(String name) throws IOException {
    Path folder = Files.createDirectory(temp.resolve(name));
    Files.writeString(folder.resolve("config.yaml"), CONFIG);
    for (int label = 0; label < CLASSES.size(); label++) {
      for (Map.Entry<String, Integer> split : Map.of("train", 6, "test", 2).entrySet()) {
        Path images = folder.resolve("images").resolve(split.getKey()).resolve(CLASSES.get(label));
        Files.createDirectories(images);
        for (int i = 0; i < split.getValue(); i++) {
          image(images.resolve("é %d " + i + ".png"), 60 * label + 5 * i);
        }
      }
    }
    return folder;
  }

  private static void image(Path file, int grey) throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, 0x10101 * ((grey + i % 7) & 0xff));
    }
    ImageIO.write(image, "png", file.toFile());
  }

  private void assertSame(JavaProcess machine, Path folder) throws Exception {
    JsonNode answers = assertSound(machine, folder);
    Path fast = folder.resolve("run/fast.zip");
    assertThat(ModelZip.readMetadata(fast).labels()).isEqualTo(CLASSES);
    for (String name : List.of("run/model.zip", "run/config.yaml")) {
      assertThat(folder.resolve(name)).hasSameBinaryContentAs(plain.resolve(name));
    }
    List<String> images = new ArrayList<>();
    answers.forEach(answer -> images.add(answer.path("image").asText()));
    assertThat(images)
        .containsExactlyElementsOf(
            CLASSES.stream()
                .flatMap(name -> Stream.of(0, 1).map(i -> name + "/é %d " + i + ".png"))
                .map("images/test/"::concat)
                .toList());
    assertThat(answers.get(0).path("top")).hasSize(CLASSES.size());
    answers.get(0).path("top").forEach(top -> assertThat(CLASSES).contains(label(top)));
    assertThat(names(folder.resolve("run"))).isEqualTo(names(plain.resolve("run")));
  }

  private static String label(JsonNode top) {
    return top.path("label").asText();
  }

  /** All steps end well, and what they print and write has no digits but ASCII's. */
  private static JsonNode assertSound(JavaProcess machine, Path folder) throws Exception {
    Result result = machine.in(folder).run();
    assertThat(result.err()).as("standard error of %s", folder).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).contains("top-1 ", "same class first: ");
    assertThat(result.out()).doesNotContainPattern(FOREIGN_DIGIT);
    Path run = folder.resolve("run");
    for (String name : names(run)) {
      assertThat(name).doesNotContainPattern(FOREIGN_DIGIT);
      if (name.matches(".*\\.(json|jsonl|yaml|html|log)")) {
        assertThat(Files.readString(run.resolve(name))).doesNotContainPattern(FOREIGN_DIGIT);
      }
    }
    ObjectMapper json = new ObjectMapper();
    assertThat(json.readTree(run.resolve("result.json").toFile()).path("top1").isNumber()).isTrue();
    return json.readTree(result.out().substring(result.out().indexOf("answers:") + 8));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(file -> folder.relativize(file).toString()).sorted().toList();
    }
  }
}
