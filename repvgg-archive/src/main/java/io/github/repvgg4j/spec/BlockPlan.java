package io.github.repvgg4j.spec;

import io.github.repvgg4j.spec.BlockSpec.Form;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import java.util.ArrayList;
import java.util.List;

/** Lays out a network's blocks one after the other. */
final class BlockPlan {

  private final BlockOptions options;
  private final List<BlockSpec> blocks = new ArrayList<>();
  private int in;

  BlockPlan(BlockOptions options, int inputChannels) {
    this.options = options;
    this.in = inputChannels;
  }

  List<BlockSpec> blocks() {
    return List.copyOf(blocks);
  }

  /**
   * Adds a unit of depth: one block, or MobileOne's two.
   *
   * @param unit of its stage, from 0
   * @param depth units of the stage
   */
  void add(int stage, int unit, int depth, int width, int stride) {
    BlockKind kind = options.kind();
    if (!kind.isSeparable()) {
      boolean grouped = blocks.size() >= 2 && blocks.size() % 2 == 0;
      Form form = new Form(kind, 3, 1, options.branches());
      block(stage, unit, width, stride, grouped ? options.groups() : 1, gate(), form);
    } else if (stage == 0) {
      block(stage, 0, width, stride, 1, false, new Form(kind, 3, 1, Branches.ALL));
    } else {
      boolean gate = gate() && isGated(stage, unit, depth);
      int k = options.structure().convolutions();
      block(stage, 2 * unit, in, stride, in, gate, new Form(kind, 3, k, Branches.ALL));
      block(stage, 2 * unit + 1, width, 1, 1, gate, new Form(kind, 1, k, Branches.ALL));
    }
  }

  private boolean gate() {
    return options.squeezeExcitation();
  }

  /** As MobileOne's authors have it: half of stage 3, rounded down, and all of stage 4. */
  private static boolean isGated(int stage, int unit, int depth) {
    return stage == 4 || (stage == 3 && unit >= depth - depth / 2);
  }

  private void block(
      int stage, int index, int out, int stride, int groups, boolean gate, Form form) {
    boolean pooled = options.downsample() == Downsample.MAXPOOL;
    blocks.add(
        new BlockSpec(
            stage,
            index,
            blocks.size(),
            in,
            out,
            pooled ? 1 : stride,
            pooled ? stride : 1,
            groups,
            gate,
            form,
            options.batchNormEps()));
    in = out;
  }
}
