package io.github.repvgg4j.rewrite.plan;

/** The laws by which a region became one convolution; docs/what-can-be-fused.md has the table. */
public enum Law {
  /** Convolution, then BatchNorm. */
  CONV_BATCHNORM("BatchNorm folded into the convolution before it"),
  /** BatchNorm, then convolution. */
  BATCHNORM_CONV("BatchNorm folded into the convolution after it"),
  /** Parallel branches, added. */
  SUM("parallel branches added"),
  /** A smaller or dilated kernel in a larger one. */
  EMBED("kernel embedded in a larger one"),
  /** The input itself as a branch. */
  IDENTITY("identity as a kernel"),
  /** Convolution, then convolution. */
  CHAIN("convolution of a convolution"),
  /** Average pooling as a branch. */
  AVERAGE_POOL("average pooling as a kernel"),
  /** Zero padding before a convolution. */
  ZERO_PADDING("zero padding joined with the kernel's"),
  /** A constant factor or summand. */
  SCALE("constant factor or summand"),
  /** Activation layer moved into the convolution. */
  ACTIVATION("activation layer moved into the convolution"),
  /** {@code Same} at a stride above 1, written out for one input size. */
  SAME_AT_SIZE("Same padding written out, for the stated input size only"),
  /** Dropout or identity activation, which inference skips. */
  SKIP("layer without effect in inference removed");

  private final String text;

  Law(String text) {
    this.text = text;
  }

  /** For reports. */
  public String text() {
    return text;
  }
}
