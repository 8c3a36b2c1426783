package io.github.repvgg4j.runtime;

/** The arithmetic of the convolutions; input, pooled features and logits are float32 in both. */
public enum Precision {
  /** 32-bit floating point. */
  FP32(1e-4),
  /** 16-bit brain floating point, accumulated in 32 bits; fast where the CPU has AVX512-BF16. */
  BF16(5e-2);

  private final double maxRelativeDifference;

  Precision(double maxRelativeDifference) {
    this.maxRelativeDifference = maxRelativeDifference;
  }

  /** The self-check's bound on max|fast - DL4J| / max|DL4J| of the logits. */
  public double maxRelativeDifference() {
    return maxRelativeDifference;
  }
}
