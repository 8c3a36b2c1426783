package io.github.repvgg4j.accelerate;

import java.util.Locale;

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

  /** The oldest driver for any CUDA 11 by NVIDIA's minor version compatibility (Linux). */
  static final double OLDEST_DRIVER = 450.80;

  /** Whether nd4j-cuda-11.6 holds code for this card, and the driver is new enough. */
  public boolean runsNd4jCuda() {
    return hasCode() && hasDriver();
  }

  /** It has no PTX to compile for newer ones. */
  private boolean hasCode() {
    return computeCapability >= OLDEST && computeCapability <= NEWEST;
  }

  /** Versions such as 535.104.05: what counts are the first two numbers. */
  private boolean hasDriver() {
    String[] numbers = driver.split("\\.", -1);
    return numbers.length < 2
        || !(numbers[0] + numbers[1]).matches("\\d+")
        || Double.parseDouble(numbers[0] + "." + numbers[1]) >= OLDEST_DRIVER;
  }

  /** One line: whether the cuda backend can run on this card, and why not. */
  public String verdict() {
    String card =
        String.format(Locale.ROOT, "%s (compute capability %.1f)", name, computeCapability);
    if (!hasCode()) {
      return String.format(
          Locale.ROOT,
          "%s can't run nd4j-cuda-11.6: it holds code for %.1f to 8.6 only and no PTX",
          card,
          OLDEST);
    }
    return hasDriver()
        ? card + " can run nd4j-cuda-11.6"
        : card
            + " can't run nd4j-cuda-11.6 with driver "
            + driver
            + ": CUDA 11 needs 450.80.02 or newer";
  }
}
