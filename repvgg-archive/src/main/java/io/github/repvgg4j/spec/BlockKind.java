package io.github.repvgg4j.spec;

import java.util.Locale;

/**
 * What the training form of a block is made of: one row each. All of them are one convolution in
 * the fast form (of a MobileOne block pair two: depthwise 3x3, then 1x1).
 */
public enum BlockKind {
  /** 3x3, 1x1 and identity, each with its BatchNorm (arXiv 2101.03697). */
  REPVGG(Follower.NORM, Follower.NORM, Follower.NORM, Follower.BARE),
  /** One 3x3 and its BatchNorm: VGG; with the optimizer's {@code reparameterize}, RepOpt-VGG. */
  PLAIN(Follower.NORM, Follower.ABSENT, Follower.ABSENT, Follower.BARE),
  /**
   * BatchNorm on the 3x3 alone, a bare 1x1 and the bare input, BatchNorm behind the sum: the fused
   * kernel quantises well (arXiv 2212.01593, figure 3, S4; its authors' {@code QARepVGGBlockV2}).
   */
  QAREPVGG(Follower.NORM, Follower.BARE, Follower.BARE, Follower.NORM),
  /**
   * Depthwise 3x3 and dense 1x1 in turn; each of them k times, a 1x1 scale branch beside the 3x3,
   * and the input, each with its BatchNorm (arXiv 2206.04040, section 3.2).
   */
  MOBILEONE(Follower.NORM, Follower.NORM, Follower.NORM, Follower.BARE),
  /**
   * The network whose scales are searched for RepOptimizer: a trained scale a channel in place of
   * each branch's BatchNorm, one BatchNorm behind the sum (arXiv 2205.15242, section 3.3).
   */
  REPOPT_SEARCH(Follower.SCALE, Follower.SCALE, Follower.SCALE, Follower.NORM);

  /** What stands behind a branch, or behind the sum of all. */
  public enum Follower {
    /** There is no such branch. */
    ABSENT,
    /** Nothing. */
    BARE,
    /** BatchNorm. */
    NORM,
    /** A factor a channel. */
    SCALE
  }

  private final Follower dense;
  private final Follower pointwise;
  private final Follower identity;
  private final Follower sum;

  BlockKind(Follower dense, Follower pointwise, Follower identity, Follower sum) {
    this.dense = dense;
    this.pointwise = pointwise;
    this.identity = identity;
    this.sum = sum;
  }

  /** Behind the 3x3 convolution, or behind each of several. */
  public Follower dense() {
    return dense;
  }

  /** Behind the 1x1 convolution beside a 3x3. */
  public Follower pointwise() {
    return pointwise;
  }

  /** Behind the block's input, where it is as large as the output. */
  public Follower identity() {
    return identity;
  }

  /** Behind the sum of the branches: {@code NORM} or {@code BARE}. */
  public Follower sum() {
    return sum;
  }

  /** Whether a unit of depth is a depthwise and a 1x1 block instead of one block. */
  public boolean isSeparable() {
    return this == MOBILEONE;
  }

  /** As users write it: {@code repopt-search}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
