package io.github.repvgg4j.accelerate;

/**
 * What Maven Central has of oneDNN for a platform, and what its lack costs.
 *
 * @param platform as JavaCPP names it, such as {@code linux-x86_64}
 */
record PublishedNatives(String platform) {

  private static final String COST =
      "; where both were measured, Deeplearning4j's own path took 25 times as long an image and 40"
          + " times as long a training step";

  /** What to do where libnd4j runs without oneDNN. */
  String adviceForNd4j() {
    return platform.endsWith("x86_64")
        ? "depend on " + artifact()
        : "Maven Central has no ND4J with oneDNN for " + platform + "; nothing to do";
  }

  /** What to do where oneDNN itself is missing, and what that costs. */
  String adviceForOneDnn() {
    return platform.endsWith("x86_64") || platform.equals("linux-arm64")
        ? "depend on " + artifact() + COST
        : "Maven Central has no oneDNN for " + platform + COST;
  }

  /** The artifact that brings what there is. */
  String artifact() {
    return "io.github.repvgg4j:repvgg-natives-" + platform;
  }
}
