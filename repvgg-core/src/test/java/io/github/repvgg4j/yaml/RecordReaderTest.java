package io.github.repvgg4j.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordReaderTest {

  private enum Colour {
    DARK_RED,
    BLUE
  }

  private sealed interface Shape permits Square, Circle {}

  @Choice("square")
  private record Square(Double side) implements Shape {}

  @Choice("circle")
  private record Circle(Double radius) implements Shape {}

  private record Inner(Long seed, Integer cacheMiB) {}

  private record Job(
      String folder,
      Integer epochs,
      Double rate,
      Boolean nesterov,
      Colour colour,
      List<Integer> widths,
      Inner data,
      Shape shape) {}

  @Test
  void everyKindOfValueIsRead() {
    Job job =
        read(
            """
            folder: 007
            epochs: 0x1F
            rate: 5e-4
            nesterov: True
            colour: dark_red
            widths: [1, 0o10]
            data: {seed: 9007199254740993}
            shape: {type: Circle, radius: .5}
            """);
    assertThat(job)
        .isEqualTo(
            new Job(
                "007",
                31,
                5e-4,
                true,
                Colour.DARK_RED,
                List.of(1, 8),
                new Inner(9007199254740993L, null),
                new Circle(0.5)));
  }

  @ParameterizedTest
  @CsvSource({"no", "off", "on", "yes", "1_000", "010", "1:30", "5e-4", "'2024-01-01'", "true"})
  void textStaysAsItIsWritten(String text) {
    assertThat(read("folder: " + text).folder()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epochs: 010 | epochs: must be a whole number, got '010'; write 10, or 0o10 for octal",
        "epochs: 089 | epochs: must be a whole number, got '089'; write 89",
        "epochs: 1_000 | epochs: must be a whole number, got '1_000'; write 1000",
        "epochs: 1e3 | epochs: must be a whole number, got '1e3'; write 1000",
        "epochs: 2.5 | epochs: must be a whole number, got '2.5'",
        "epochs: 1:30 | epochs: must be a whole number, got '1:30'",
        "epochs: 3000000000 | epochs: must be a whole number from -2147483648 to 2147483647, got 3000000000",
        "epochs: \"2\" | epochs: must be a whole number without quotes, got '2'",
        "epochs: many | epochs: must be a whole number, got 'many'",
        "epochs: [2] | epochs: must be a whole number, got a list",
        "epochs: {a: 2} | epochs: must be a whole number, got keys with values",
        "rate: \"5e-4\" | rate: must be a number without quotes, got '5e-4'",
        "'rate: 0,1' | rate: must be a number, got '0,1'; write 0.1",
        "rate: 10 % | rate: must be a number, got '10 %'; write 0.10",
        "rate: .inf | rate: must be a number, got '.inf'",
        "rate: .nan | rate: must be a number, got '.nan'",
        "rate: 1e999 | rate: must be a number of at most 1.8e308, got 1e999",
        "nesterov: yes | nesterov: must be true or false, got 'yes'; write true",
        "nesterov: off | nesterov: must be true or false, got 'off'; write false",
        "nesterov: maybe | nesterov: must be true or false, got 'maybe'",
        "colour: blu | colour: must be one of dark-red, blue, got 'blu'; did you mean 'blue'?",
        "colour: green | colour: must be one of dark-red, blue, got 'green'",
        "widths: 3 | widths: must be a list in [ ], got '3'",
        "'widths: [1, x]' | widths[1]: must be a whole number, got 'x'",
        "'widths: [1, ~]' | widths[1]: has no value",
        "folder: [a] | folder: must be a single text, got a list",
        "data: here | data: must have keys below it, such as seed:; got 'here'",
        "shape: {side: 1} | shape.type: is required: square, circle",
        "shape: {type: squar} | shape.type: must be one of square, circle, got 'squar'; did you mean 'square'?",
        "shape: {type: square, radius: 1} | shape.radius: unknown key; known here: [side]",
        "epoch: 1 | epoch: unknown key; did you mean 'epochs'?",
        "data: {cache_mib: 1} | data.cache_mib: unknown key; did you mean 'cacheMiB'?",
        "seed: 1 | seed: unknown key; belongs below data",
        "data: {epochs: 1} | data.epochs: unknown key; belongs to the top, beside the sections",
        "'data: {}\\n\\nzzz: 1' | zzz: unknown key; known here: [colour, data, epochs, folder, nesterov, rate, shape, widths]",
      })
  void faultNamesKeyRemedyAndLine(String yaml, String fault) {
    String text = yaml.replace("\\n", "\n");
    int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(YamlException.class)
        .hasMessage("job.yaml: " + fault + " (line " + line + ")");
  }

  @ParameterizedTest
  @CsvSource({
    "epoch, epochs",
    "epcohs, epochs",
    "lr, learningRate",
    "batch_size, batchSize",
    "batch-size, batchSize",
    "BatchSize, batchSize",
    "learningrate, learningRate",
    "batch, batchSize",
    "sead, seed",
    "scheduler, schedule",
    "optimiser, optimizer"
  })
  void nearMissesAreUnderstood(String word, String meant) {
    assertThat(Words.nearest(word, KNOWN)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"momentum", "x", "workers", "data", "se"})
  void farWordsAreNot(String word) {
    assertThat(Words.nearest(word, KNOWN)).isEmpty();
  }

  private static final List<String> KNOWN =
      List.of("epochs", "batchSize", "seed", "learningRate", "schedule", "optimizer");

  /** The values of the textbook's examples. */
  @ParameterizedTest
  @CsvSource({"kitten, sitting, 3", "ab, ba, 1", "'', abc, 3", "ca, abc, 3", "same, same, 0"})
  void distanceCountsSwapsOnce(String a, String b, int distance) {
    assertThat(Words.distance(a, b)).isEqualTo(distance);
  }

  private static Job read(String yaml) {
    return RecordReader.read("job.yaml", YamlFile.parse("job.yaml", yaml).keys(), "", Job.class);
  }
}
