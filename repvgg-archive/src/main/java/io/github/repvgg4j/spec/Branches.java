package io.github.repvgg4j.spec;

/**
 * Which branches a block's training form has beside the 3x3 convolution; for ablations. All of them
 * fuse to the same 3x3 convolution, so the fast form's cost is the same.
 */
public enum Branches {
  /** 3x3, 1x1 and identity: RepVGG. */
  ALL(true, true),
  /** 3x3 and 1x1. */
  WITHOUT_IDENTITY(true, false),
  /** 3x3 and identity. */
  WITHOUT_POINTWISE(false, true),
  /** The 3x3 convolution and its BatchNorm alone: a plain VGG. */
  DENSE_ONLY(false, false);

  private final boolean pointwise;
  private final boolean identity;

  Branches(boolean pointwise, boolean identity) {
    this.pointwise = pointwise;
    this.identity = identity;
  }

  public boolean hasPointwise() {
    return pointwise;
  }

  /** Whether blocks with equal input and output have an identity branch. */
  public boolean hasIdentity() {
    return identity;
  }
}
