package io.github.repvgg4j.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.deploy.DeployMain;
import io.github.repvgg4j.serve.ServeOptions;
import io.github.repvgg4j.serve.Server;
import io.github.repvgg4j.testkit.ColouredSquares;
import io.github.repvgg4j.train.RunListener;
import io.github.repvgg4j.train.Training;
import io.github.repvgg4j.train.config.ConfigFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that show several classes, from a table to answers over HTTP. */
class SeveralClassesTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path temp;
  private static Path table;
  private static Path run;
  private static Path fast;
  private static String converted;

  @BeforeAll
  static void train() throws IOException {
    table = ColouredSquares.write(Files.createDirectory(temp.resolve("squares")), 160, 40);
    run = temp.resolve("run");
    fast = run.resolve("fast.zip");
    Training.run(ConfigFiles.parse("job.yaml", yaml()), RunListener.SILENT);
    converted = deploy(0, "convert", run.resolve("model.zip").toString());
  }

  private static String yaml() {
    return String.join(
        "\n",
        "model: {depths: [1, 1, 1, 1], widths: [16, 16, 16, 16, 32], strides: [1, 2, 2, 1, 1], input: [3, 16, 16]}",
        "data: {path: '" + table + "', augment: {flip: random}}",
        "training: {loss: sigmoid, epochs: 10, batchSize: 16, learningRate: 0.05, evaluateEvery: 5}",
        "output: {folder: '" + run + "'}",
        "");
  }

  private static String deploy(int code, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertThat(DeployMain.run(new PrintWriter(out), new PrintWriter(err), arguments))
        .as(err.toString())
        .isEqualTo(code);
    return code == 0 ? out.toString() : err.toString();
  }

  @Test
  void bothFormsAreEvaluatedToTheFiguresOfTraining() throws IOException {
    JsonNode trained = JSON.readTree(run.resolve("result.json").toFile());
    for (String[] engine : new String[][] {{"model.zip", "dl4j"}, {"fast.zip", "fast"}}) {
      JsonNode report =
          JSON.readTree(
              deploy(
                  0,
                  "evaluate",
                  run.resolve(engine[0]).toString(),
                  table.toString(),
                  "--engine",
                  engine[1],
                  "--json"));
      for (String key : List.of("meanAveragePrecision", "microF1", "macroF1", "exactMatch")) {
        assertThat(report.path(key).asDouble())
            .as("%s of %s", key, engine[0])
            .isCloseTo(trained.path(key).asDouble(), within(1e-9));
      }
      assertThat(report.path("images").asInt()).isEqualTo(40);
    }
    assertThat(trained.path("meanAveragePrecision").asDouble()).isGreaterThan(0.9);
    assertThat(deploy(0, "evaluate", fast.toString(), table.toString(), "--threshold", "0.9"))
        .contains("threshold 0.9: micro F1")
        .contains("average precision");
  }

  @Test
  void imagesThatShowNothingHaveNoAveragePrecision() throws IOException {
    List<String> lines =
        Files.readAllLines(table).stream()
            .map(line -> line.replaceFirst(",.*,test$", ",,test"))
            .toList();
    Path none = Files.write(table.resolveSibling("none.csv"), lines);
    assertThat(deploy(0, "evaluate", fast.toString(), none.toString()))
        .containsPattern("(?m)^mean average precision  -$")
        .doesNotContain("NaN");
    assertThat(deploy(0, "evaluate", fast.toString(), none.toString(), "--json"))
        .doesNotContain("veragePrecision", "NaN");
  }

  @Test
  void conversionComparesOnTheTablesImagesAndVerifyHolds() {
    assertThat(converted).contains("40 test images of " + table);
    assertThat(
            deploy(0, "verify", fast.toString(), "--against", run.resolve("model.zip").toString()))
        .isNotEmpty();
  }

  @Test
  void predictNamesWhatIsLikelierThanTheThreshold() throws IOException {
    JsonNode all = predict("--threshold", "0");
    JsonNode usual = predict();
    JsonNode strict = predict("--threshold", "0.9");
    JsonNode first = predict("--top", "1");
    for (int i = 0; i < all.size(); i++) {
      assertThat(all.get(i).path("top")).hasSize(3);
      assertThat(labels(usual.get(i), 0)).isEqualTo(labels(all.get(i), 0.5));
      assertThat(labels(strict.get(i), 0)).isEqualTo(labels(all.get(i), 0.9));
      assertThat(first.get(i).path("top")).hasSize(1);
    }
    assertThat(usual).anyMatch(answer -> answer.path("top").size() > 1);
    assertThat(usual).anyMatch(answer -> answer.path("top").isEmpty());
    assertThat(deploy(0, "predict", fast.toString(), table.toString()))
        .containsPattern("png +-\\s");
  }

  private static JsonNode predict(String... more) throws IOException {
    String[] arguments = new String[4 + more.length];
    System.arraycopy(
        new String[] {"predict", fast.toString(), table.toString(), "--json"}, 0, arguments, 0, 4);
    System.arraycopy(more, 0, arguments, 4, more.length);
    return JSON.readTree(deploy(0, arguments));
  }

  private static Set<String> labels(JsonNode answer, double threshold) {
    Set<String> labels = new TreeSet<>();
    for (JsonNode top : answer.path("top")) {
      if (top.path("probability").asDouble() >= threshold) {
        labels.add(top.path("label").asText());
      }
    }
    return labels;
  }

  @Test
  void theServerAnswersByTheThreshold() throws IOException, InterruptedException {
    JsonNode all = predict("--threshold", "0");
    try (Server server = Server.of(ServeOptions.of(fast).port(0))) {
      server.start().join();
      for (int i = 0; i < 5; i++) {
        Path image = table.resolveSibling(Path.of(all.get(i).path("image").asText()).getFileName());
        assertThat(names(ask(server.port(), "?threshold=0.3", image)))
            .isEqualTo(labels(all.get(i), 0.3));
        assertThat(names(ask(server.port(), "", image))).isEqualTo(labels(all.get(i), 0.5));
        assertThat(ask(server.port(), "?top=2", image)).hasSize(2);
      }
      assertThat(ask(server.port(), "?threshold=2", table.resolveSibling("0.png")).toString())
          .contains("threshold: a number from 0 to 1 expected");
    }
  }

  private static JsonNode ask(int port, String query, Path image)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/predictions/fast" + query))
            .POST(HttpRequest.BodyPublishers.ofFile(image))
            .header("Content-Type", "image/png")
            .build();
    return JSON.readTree(
        HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
            .body());
  }

  private static Set<String> names(JsonNode answer) {
    Set<String> names = new TreeSet<>();
    answer.forEach(top -> names.add(top.path("className").asText()));
    return names;
  }

  @Test
  void onnxEndsInASigmoid() throws IOException {
    Path file = temp.resolve("squares.onnx");
    deploy(0, "export-onnx", fast.toString(), "-o", file.toString(), "--with-activation");
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(bytes).contains("Sigmoid").doesNotContain("Softmax");
  }

  @Test
  void integersAreRefusedBecauseTheirGateCountsOneAnswerAnImage() {
    assertThat(deploy(1, "quantize", fast.toString(), "--data", table.toString()))
        .contains("its classes do not exclude each other (head sigmoid)");
  }
}
