package io.github.repvgg4j.bench.engine;

import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggVariant;
import picocli.CommandLine.Option;

/** The size of the images that a command measures with. */
public final class ResolutionOption {

  @Option(
      names = "--resolution",
      defaultValue = "224",
      description = "Side of the images (default: ${DEFAULT-VALUE}).")
  private int resolution;

  /** Pixels of one side. */
  public int side() {
    return resolution;
  }

  /** Square colour images. */
  public InputShape shape() {
    return InputShape.square(resolution);
  }

  /**
   * A published network of 1000 classes for such images.
   *
   * @param variant such as {@code A0}, {@code B1g4} or {@code article}
   */
  public Workload workload(String variant) {
    return Workload.of(variant, RepVggVariant.of(variant).spec(1000, shape()));
  }
}
