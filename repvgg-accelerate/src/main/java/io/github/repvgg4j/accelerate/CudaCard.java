package io.github.repvgg4j.accelerate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * An NVIDIA card, as {@code nvidia-smi} describes it.
 *
 * @param name such as "NVIDIA A100-SXM4-40GB"
 * @param computeCapability such as 8.0
 * @param driver version of the driver
 */
public record CudaCard(String name, double computeCapability, String driver) {

  /** Oldest and newest compute capability for which nd4j-cuda-11.6 1.0.0-M2.1 holds code. */
  static final double OLDEST = 3.7;

  /** Code for 8.6 also runs on 8.7 and 8.9: same major version, and higher minor. */
  static final double NEWEST = 8.9;

  private static final String[] QUERY = {
    "nvidia-smi", "--query-gpu=name,compute_cap,driver_version", "--format=csv,noheader"
  };

  /** Cards of this machine; empty where there is no driver. */
  public static List<CudaCard> found() {
    try {
      Process process = new ProcessBuilder(QUERY).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean done = process.waitFor(10, TimeUnit.SECONDS);
      return done && process.exitValue() == 0 ? parse(output) : List.of();
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  static List<CudaCard> parse(String csv) {
    List<CudaCard> cards = new ArrayList<>();
    for (String line : csv.lines().toList()) {
      String[] cells = line.split("\\s*,\\s*");
      if (cells.length == 3 && cells[1].matches("\\d+\\.\\d+")) {
        cards.add(new CudaCard(cells[0].strip(), Double.parseDouble(cells[1]), cells[2].strip()));
      }
    }
    return cards;
  }

  /** Whether nd4j-cuda-11.6 holds code for this card. It has no PTX to compile for newer ones. */
  public boolean runsNd4jCuda() {
    return computeCapability >= OLDEST && computeCapability <= NEWEST;
  }

  /** One line: whether the cuda backend can run on this card, and why not. */
  public String verdict() {
    if (runsNd4jCuda()) {
      return String.format(
          Locale.ROOT,
          "%s (compute capability %.1f) can run nd4j-cuda-11.6",
          name,
          computeCapability);
    }
    return String.format(
        Locale.ROOT,
        "%s (compute capability %.1f) can't run nd4j-cuda-11.6: it holds code for %.1f to 8.6 only and no PTX",
        name,
        computeCapability,
        OLDEST);
  }
}
