package io.github.repvgg4j.reparam;

import java.util.List;

/**
 * What is linear in inference, as a tree over one input. {@link #fuse} gives the one convolution
 * that equals it.
 */
public sealed interface Branch {

  /**
   * The convolution that equals this branch exactly (in real arithmetic).
   *
   * @throws NotFusibleException where there is none
   */
  LinearConv fuse();

  /** A convolution as it is. */
  record Convolution(LinearConv kernel) implements Branch {
    @Override
    public LinearConv fuse() {
      return kernel;
    }
  }

  /** The input itself. */
  record Identity(int channels) implements Branch {
    @Override
    public LinearConv fuse() {
      return ConvolutionLaws.identity(channels);
    }
  }

  /** A branch, then a channel-wise affine map, such as {@link BatchNormStatistics#affine}. */
  record Affine(Branch of, ChannelAffine map) implements Branch {

    /** A branch, then BatchNorm in inference. */
    public static Affine batchNorm(Branch of, BatchNormStatistics statistics) {
      return new Affine(of, statistics.affine());
    }

    @Override
    public LinearConv fuse() {
      return ConvolutionLaws.affineAfter(of.fuse(), map);
    }
  }

  /** A branch, then a convolution of its output. */
  record Chain(Branch first, Branch second) implements Branch {
    @Override
    public LinearConv fuse() {
      return ConvolutionLaws.chain(first.fuse(), second.fuse());
    }
  }

  /** Branches of one input, added. */
  record Sum(List<Branch> branches) implements Branch {

    public Sum {
      branches = List.copyOf(branches);
    }

    @Override
    public LinearConv fuse() {
      return ConvolutionLaws.sum(branches.stream().map(Branch::fuse).toList());
    }
  }
}
