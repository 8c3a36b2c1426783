package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.deploy.Models;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine;

/** Every command answers in JSON when asked to, with JSON alone on standard output. */
class JsonOutputTest {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  @TempDir Path folder;

  @Test
  void everyCommandAnswersInJson() throws IOException {
    Map<String, List<Object>> calls = calls();
    assertThat(calls.keySet())
        .as("add new commands here")
        .containsExactlyInAnyOrderElementsOf(all());
    for (Map.Entry<String, List<Object>> call : calls.entrySet()) {
      List<Object> words = new java.util.ArrayList<>(List.of(call.getKey()));
      words.addAll(call.getValue());
      words.add("--json");
      Cli run = Cli.run(words.toArray());
      assertThat(run.exitCode()).as("%s: %s", words, run.err()).isZero();
      JsonNode answer = JSON.readTree(run.out());
      assertThat(answer.isObject() || answer.isArray()).as("%s: %s", words, run.out()).isTrue();
      assertThat(answer.size()).as("%s", words).isPositive();
    }
  }

  @Test
  void documentationHasEveryCommandAndOption() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "deploying.md"));
    CommandLine root =
        CommandLines.of(
            new RepVggDeploy(), new PrintWriter(System.out), new PrintWriter(System.err));
    root.getSubcommands()
        .forEach(
            (name, command) -> {
              assertThat(page).contains("\n## " + name + "\n");
              int from = page.indexOf("\n## " + name + "\n");
              int to = page.indexOf("\n## ", from + 1);
              String section = page.substring(from, to < 0 ? page.length() : to);
              command.getCommandSpec().options().stream()
                  .filter(o -> !SHARED.contains(o.longestName()))
                  .forEach(
                      option ->
                          assertThat(section)
                              .as(
                                  "%s in the section %s of docs/deploying.md",
                                  option.longestName(), name)
                              .contains(
                                  Arrays.stream(option.names()).map(n -> "`" + n).toList().get(0)));
            });
  }

  /** Explained once, before the sections. */
  private static final Set<String> SHARED =
      Set.of(
          "--help",
          "--version",
          "--verbose",
          "--json",
          "--batch",
          "--engine",
          "--precision",
          "--without-vnni",
          "--convolutions");

  private static Set<String> all() {
    return new TreeSet<>(new CommandLine(new RepVggDeploy()).getSubcommands().keySet());
  }

  /** In this order: later ones use what earlier ones made. */
  private Map<String, List<Object>> calls() throws IOException {
    Path model = Models.trainingZip(folder.resolve("model.zip"));
    Path fast = folder.resolve("fast.zip");
    Path weights = folder.resolve("w.safetensors");
    Path image = Models.image(folder.resolve("data/cat/a.png"), 0xff, 1);
    Path array = folder.resolve("x.npy");
    Nd4j.writeAsNumpy(Nd4j.rand(DataType.FLOAT, 2, 3, 32, 32), array.toFile());
    Path spec = folder.resolve("spec.yaml");
    Files.writeString(
        spec,
        "depths: [1, 2, 1, 1]\nwidths: [4, 8, 8, 12, 16]\nnumClasses: 3\ninput: [3, 32, 32]\n");
    Map<String, List<Object>> calls = new LinkedHashMap<>();
    calls.put("convert", List.of(model, "--rounds", 0, "--keep-training-form"));
    calls.put("verify", List.of(fast, "--bounds"));
    Path split = Models.dataSet(folder.resolve("split"));
    calls.put("quantize", List.of(fast, "--data", split, "--images", 4, "--max-drop", 100));
    calls.put("readiness", List.of(fast));
    calls.put("restore", List.of(fast, "-o", folder.resolve("back.zip")));
    calls.put("export-onnx", List.of(fast, "-o", folder.resolve("m.onnx")));
    calls.put("export-weights", List.of(model, "-o", weights));
    calls.put(
        "import-weights", List.of(weights, "--spec", spec, "-o", folder.resolve("imported.zip")));
    calls.put("predict", List.of(fast, image, "--explain", folder.resolve("map.png")));
    calls.put("infer", List.of(fast, "--input", array, "--output", folder.resolve("y.npy")));
    calls.put("evaluate", List.of(fast, folder.resolve("data")));
    calls.put("inspect", List.of(fast));
    calls.put("variants", List.of());
    calls.put("doctor", List.of());
    return calls;
  }
}
