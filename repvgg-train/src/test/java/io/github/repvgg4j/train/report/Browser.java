package io.github.repvgg4j.train.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;

/** Headless Chromium, where the machine has one. */
final class Browser {

  private static final int TIMEOUT_SECONDS = 60;

  private Browser() {}

  /** Opens the page; its picture. Fails on anything the console says; skips without a browser. */
  static BufferedImage open(Path page, int width, Path folder) throws Exception {
    Path browser = find();
    Assumptions.assumeTrue(browser != null, "no chromium on the PATH: the page is not rendered");
    Path picture = folder.resolve("page-" + width + ".png");
    Path console = folder.resolve("console-" + width + ".txt");
    Process process =
        new ProcessBuilder(
                browser.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--user-data-dir=" + folder.resolve("profile"),
                "--window-size=" + width + ",2400",
                "--virtual-time-budget=2000",
                "--enable-logging=stderr",
                "--v=0",
                "--screenshot=" + picture,
                page.toUri().toString())
            .redirectErrorStream(true)
            .redirectOutput(console.toFile())
            .start();
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      Assumptions.abort("chromium did not end within " + TIMEOUT_SECONDS + " s");
    }
    assertThat(consoleLines(console)).as("console").isEmpty();
    return ImageIO.read(picture.toFile());
  }

  private static List<String> consoleLines(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      return lines.filter(line -> line.contains(":CONSOLE")).toList();
    }
  }

  private static Path find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(folder -> Stream.of("chromium", "chromium-browser").map(Path.of(folder)::resolve))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }
}
