package io.github.repvgg4j.bench.training;

import io.github.repvgg4j.bench.measure.Resources;
import io.github.repvgg4j.bench.measure.TempFolder;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * PyTorch's training steps on a card, measured by PyTorch in a process of its own.
 *
 * @param versions of PyTorch and its cuDNN
 * @param peak of a bfloat16 matrix product, TFLOP/s
 * @param rate images a second
 * @param megabytes of the card at most
 */
record TorchOnCard(String versions, double peak, double rate, double megabytes) {

  private static final String SCRIPT = "torch_card_training.py";

  /**
   * @throws IOException why there is nothing to measure beside, one line
   */
  static TorchOnCard measure(Path python, RepVggSpec spec, int batch, double seconds)
      throws IOException {
    try (TempFolder folder = new TempFolder("training")) {
      Resources.copy(TorchOnCard.class, folder.path(), SCRIPT, TorchTraining.BLOCKS);
      Process process =
          new ProcessBuilder(
                  python.toString(),
                  folder.path().resolve(SCRIPT).toString(),
                  TorchTraining.text(spec),
                  Integer.toString(spec.numClasses()),
                  Integer.toString(spec.input().height()),
                  Integer.toString(batch),
                  Integer.toString((int) Math.ceil(seconds)))
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return parse(output.lines().toList());
    }
  }

  private static TorchOnCard parse(List<String> lines) throws IOException {
    String last = lines.isEmpty() ? "no answer" : lines.get(lines.size() - 1);
    if (!last.startsWith("rate ")) {
      throw new IOException("PyTorch on the card: " + last);
    }
    String[] rate = last.split(" ");
    return new TorchOnCard(
        value(lines, "versions "),
        Double.parseDouble(value(lines, "peak ")),
        Double.parseDouble(rate[1]),
        Double.parseDouble(rate[2]));
  }

  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .findFirst()
        .orElse(key + "0")
        .substring(key.length());
  }
}
