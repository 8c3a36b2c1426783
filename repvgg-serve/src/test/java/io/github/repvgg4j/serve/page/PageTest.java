package io.github.repvgg4j.serve.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.answer.TopClass;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.image.ImageClassifier;
import io.github.repvgg4j.serve.ServeOptions;
import io.github.repvgg4j.serve.Server;
import io.github.repvgg4j.serve.TestModels;
import io.github.repvgg4j.serve.http.BearerToken;
import io.github.repvgg4j.serve.http.HttpOptions;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, before a real server; skipped where there is no Chromium. */
class PageTest {

  private static final String TOKEN = "a-token-of-a-test";
  private static final String DONE =
      "document.querySelectorAll('.card .times:not([hidden]), .card .fault:not([hidden])').length";

  @TempDir static Path temp;

  private static Server server;
  private static Server guarded;
  private static Chromium browser;
  private static Path first;
  private static Path second;
  private static Path broken;

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> found = Chromium.find();
    Assumptions.assumeTrue(found.isPresent(), "no chromium on the PATH: the page is not opened");
    Path models = Files.createDirectory(temp.resolve("models"));
    TestModels.fast(models.resolve("shapes.zip"), TestModels.SPEC, 1);
    TestModels.fast(models.resolve("wild@2.zip"), TestModels.SPEC, 2);
    first = image("first.png", 0x3366cc);
    second = image("second & <b>last.png", 0xcc3311);
    broken = temp.resolve("broken.jpg");
    Files.writeString(broken, "no image", StandardCharsets.UTF_8);
    ServeOptions options = ServeOptions.of(models).port(0).ending(Duration.ZERO, Duration.ZERO);
    server = started(options);
    HttpOptions http = options.http();
    guarded =
        started(
            options.http(
                new HttpOptions(
                    http.host(),
                    0,
                    Optional.of(new BearerToken(TOKEN)),
                    http.corsOrigins(),
                    http.limits())));
    browser = Chromium.start(found.get(), temp.resolve("profile"));
  }

  private static Server started(ServeOptions options) throws IOException {
    Server started = Server.of(options);
    started.start().join();
    return started;
  }

  private static Path image(String name, int colour) throws IOException {
    BufferedImage image = new BufferedImage(60, 40, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 60 * 40; i++) {
      image.setRGB(i % 60, i / 60, colour * (1 + i % 7));
    }
    Path file = temp.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : Stream.of(browser, server, guarded).filter(x -> x != null).toList()) {
      each.close();
    }
  }

  private static URI address(Server of) {
    return URI.create("http://127.0.0.1:" + of.port() + "/");
  }

  @BeforeEach
  void open() throws Exception {
    browser.show(1280, "light", true);
    browser.open(address(server));
    browser.await("document.querySelectorAll('#models option').length === 2");
    browser.forget();
  }

  private static String text(String selector) throws Exception {
    return browser.eval(
        "[...document.querySelectorAll('" + selector + "')].map(e => e.textContent).join('|')");
  }

  @Test
  void imagesAreAnsweredAsTheRuntimeDoes() throws Exception {
    browser.choose("#choose", List.of(first, second));
    browser.await(DONE + " === 2");
    try (ImageClassifier classifier =
        ImageClassifier.load(
            temp.resolve("models/shapes.zip"), RuntimeOptions.of(Precision.FP32))) {
      assertThat(text(".card:nth-child(2) .name")).isEqualTo(labels(classifier, first));
      assertThat(text(".card:nth-child(1) .name")).isEqualTo(labels(classifier, second));
      assertThat(text(".card:nth-child(2) .value")).isEqualTo(shares(classifier, first));
    }
    assertThat(text(".card:nth-child(1) h2")).isEqualTo("second & <b>last.png");
    assertThat(text(".card:nth-child(2) .times"))
        .matches(
            "[\\d.]+ ms in all · decoding [\\d.]+ ms · waiting [\\d.]+ ms · computing [\\d.]+ ms"
                + " · shapes, version 1 · FP32");
    assertThat(text("#said")).contains(".png: class ");
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests())
        .allMatch(url -> url.startsWith(address(server).toString()) || url.startsWith("blob:"));
  }

  private static String labels(ImageClassifier classifier, Path image) throws Exception {
    return String.join("|", classifier.classify(image, 5).stream().map(TopClass::label).toList());
  }

  private static String shares(ImageClassifier classifier, Path image) throws Exception {
    return String.join(
        "|",
        classifier.classify(image, 5).stream()
            .map(top -> String.format(Locale.ROOT, "%.1f %%", 100 * top.probability()))
            .toList());
  }

  @Test
  void badImageIsToldInWordsAndHarmsNoOther() throws Exception {
    browser.choose("#choose", List.of(broken, first));
    browser.await(DONE + " === 2");
    assertThat(text(".card:nth-child(2) .fault")).contains("image");
    assertThat(text(".card:nth-child(2) .name")).isEmpty();
    assertThat(text(".card:nth-child(1) .name")).contains("class ");
  }

  @Test
  void anotherModelIsChosenWithItsFactsAndAskedAgain() throws Exception {
    browser.choose("#choose", List.of(first));
    browser.await(DONE + " === 1");
    String before = text(".value");
    browser.eval("document.querySelector('#models').focus()");
    browser.press("ArrowDown", 40);
    browser.await("document.querySelector('#models').selectedIndex === 1");
    assertThat(text("#facts dd"))
        .containsPattern("FP32\\|(direct|fastest)\\|3 × 32 × 32\\|10\\|")
        .contains("fused regions, each within its proven bound")
        .contains("differs from Deeplearning4j by");
    browser.eval("document.querySelector('#again').click()");
    browser.await("document.querySelector('.times').textContent.includes('wild, version 2')");
    assertThat(text(".value")).isNotEqualTo(before);
  }

  @Test
  void droppedAndPastedFilesAreTaken() throws Exception {
    String data = Base64.getEncoder().encodeToString(Files.readAllBytes(first));
    browser.eval(
        "(() => { const bytes = Uint8Array.from(atob('"
            + data
            + "'), c => c.charCodeAt(0)); const files = new DataTransfer();files.items.add(new"
            + " File([bytes], 'held.png', {type: 'image/png'}));document.dispatchEvent(new"
            + " DragEvent('drop', {dataTransfer: files, cancelable:"
            + " true}));document.dispatchEvent(new ClipboardEvent('paste', {clipboardData:"
            + " files}));})()");
    browser.await(DONE + " === 2");
    assertThat(text("h2")).isEqualTo("held.png|held.png");
    assertThat(text(".fault:not([hidden])")).isEmpty();
  }

  @Test
  void everythingIsReachedByKeyboardAndHasAName() throws Exception {
    browser.choose("#choose", List.of(first));
    browser.await(DONE + " === 1");
    browser.eval("document.activeElement.blur(); getSelection().removeAllRanges()");
    StringBuilder reached = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      browser.press("Tab", 9);
      reached.append(browser.eval("document.activeElement.id || document.activeElement.className"));
      reached.append(' ');
    }
    assertThat(reached.toString()).contains("models top ", "choose again clear quiet remove ");
    assertThat(
            browser.eval(
                "[...document.querySelectorAll('input, select, button')].filter(e =>"
                    + " !e.labels?.length && !e.textContent.trim() &&"
                    + " !e.getAttribute('aria-label')).length"))
        .isEqualTo("0");
    browser.eval("document.querySelector('.remove').focus()");
    browser.press("Enter", 13);
    browser.await("document.querySelectorAll('.card').length === 0");
    assertThat(browser.eval("document.activeElement.id")).isEqualTo("choose");
  }

  @Test
  void fitsAPhoneInLightAndDark() throws Exception {
    browser.choose("#choose", List.of(first, second));
    browser.await(DONE + " === 2");
    for (String scheme : List.of("light", "dark")) {
      browser.show(375, scheme, false);
      assertThat(browser.eval("document.documentElement.scrollWidth")).isEqualTo("375");
      BufferedImage picture = ImageIO.read(new ByteArrayInputStream(browser.screenshot()));
      int corner = picture.getRGB(2, 2) & 0xff;
      assertThat(corner).as(scheme).matches(c -> scheme.equals("light") ? c > 200 : c < 60);
    }
    String bars = "getComputedStyle(document.querySelector('.bar')).transitionDuration";
    assertThat(browser.eval(bars)).isEqualTo("0.3s");
    browser.show(375, "dark", true);
    assertThat(browser.eval(bars)).isEqualTo("0s");
  }

  @Test
  void tokenIsAskedForAndSentAndCanBeWrong() throws Exception {
    browser.open(address(guarded));
    browser.await("!document.querySelector('#access').hidden");
    assertThat(browser.eval("document.activeElement.id")).isEqualTo("token");
    browser.type("wrong");
    browser.press("Enter", 13);
    browser.await("document.querySelector('#state').textContent.includes('does not take')");
    browser.type(TOKEN);
    browser.press("Enter", 13);
    browser.await("document.querySelectorAll('#models option').length === 2");
    browser.choose("#choose", List.of(first));
    browser.await(DONE + " === 1");
    assertThat(text(".name")).contains("class ");
  }
}
