package io.github.repvgg4j.accelerate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What {@code nvidia-smi} says of this machine. */
sealed interface CudaProbe {

  /** As a clause, such as "no NVIDIA driver is installed". */
  String text();

  /** There is no {@code nvidia-smi}, which each driver brings with it. */
  record NoDriver() implements CudaProbe {
    @Override
    public String text() {
      return "no NVIDIA driver is installed (there is no nvidia-smi)";
    }
  }

  /**
   * It failed, which says nothing about cards.
   *
   * @param words its first line
   */
  record Failed(String words) implements CudaProbe {
    @Override
    public String text() {
      return "nvidia-smi failed: " + words;
    }
  }

  /**
   * It answered.
   *
   * @param cards of this machine; may be none
   */
  record Cards(List<CudaCard> cards) implements CudaProbe {

    public Cards {
      cards = List.copyOf(cards);
    }

    @Override
    public String text() {
      return cards.isEmpty()
          ? "nvidia-smi finds no card"
          : String.join("; ", cards.stream().map(CudaCard::verdict).toList());
    }
  }

  String[] QUERY = {
    "nvidia-smi", "--query-gpu=name,compute_cap,driver_version", "--format=csv,noheader"
  };

  int SECONDS = 10;

  /** Asks. */
  static CudaProbe run() {
    try {
      Process process = new ProcessBuilder(QUERY).redirectErrorStream(true).start();
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Failed("no answer within " + SECONDS + " s");
      }
      byte[] output = process.getInputStream().readAllBytes();
      return parse(process.exitValue(), new String(output, StandardCharsets.UTF_8));
    } catch (IOException e) {
      return new NoDriver();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Failed("interrupted");
    }
  }

  static CudaProbe parse(int exitCode, String output) {
    List<CudaCard> cards = new ArrayList<>();
    for (String line : output.lines().toList()) {
      String[] cells = line.split("\\s*,\\s*");
      if (cells.length == 3 && cells[1].matches("\\d+\\.\\d+")) {
        cards.add(new CudaCard(cells[0].strip(), Double.parseDouble(cells[1]), cells[2].strip()));
      }
    }
    if (!cards.isEmpty() || output.contains("No devices were found")) {
      return new Cards(cards);
    }
    if (output.contains("compute_cap")) {
      return new Failed(
          "it is too old to know compute_cap; CUDA 11 needs driver 450.80.02 or newer");
    }
    String words = output.lines().filter(line -> !line.isBlank()).findFirst().orElse("no output");
    return new Failed(words.strip() + " (exit code " + exitCode + ")");
  }

  /** The cards; none where the driver is missing or failed. */
  default List<CudaCard> cards() {
    return this instanceof Cards found ? found.cards() : List.of();
  }

  /** One line where cards that run nd4j-cuda-11.6 and cards that don't are in one machine. */
  default Optional<String> mixed() {
    List<CudaCard> cards = cards();
    List<String> places = new ArrayList<>();
    for (int i = 0; i < cards.size(); i++) {
      if (cards.get(i).runsNd4jCuda()) {
        places.add(Integer.toString(i));
      }
    }
    return places.isEmpty() || places.size() == cards.size()
        ? Optional.empty()
        : Optional.of(
            "not every card runs nd4j-cuda-11.6 ("
                + text()
                + "); set CUDA_DEVICE_ORDER=PCI_BUS_ID and CUDA_VISIBLE_DEVICES="
                + String.join(",", places));
  }
}
