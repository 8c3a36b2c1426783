package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.BlockKind.Follower;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.Branches;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.weights.TensorSlot.Layout;
import java.util.ArrayList;
import java.util.List;

/** All tensors of a network under one naming, in the order of its blocks. */
final class TensorSlots {

  private final Dialect names;
  private final List<TensorSlot> slots = new ArrayList<>();

  private TensorSlots(Dialect names) {
    this.names = names;
  }

  /**
   * @throws IllegalArgumentException where the naming has no names for such blocks
   */
  static List<TensorSlot> of(RepVggSpec spec, Form form, Naming naming) {
    if (form == Form.TRAINING && spec.blockOptions().branches() != Branches.ALL) {
      throw new IllegalArgumentException(
          "branches: weight files have names for all three branches only, not for "
              + spec.blockOptions().branches());
    }
    TensorSlots all = new TensorSlots(naming.of(spec.blockOptions().kind()));
    for (BlockSpec block : spec.blocks()) {
      if (block.squeezeExcitation()) {
        all.squeezeExcitation(block);
      }
      if (form == Form.TRAINING) {
        all.branches(block);
      } else {
        all.fused(block);
      }
    }
    all.linear(spec);
    return List.copyOf(all.slots);
  }

  private void branches(BlockSpec block) {
    String name = block.name();
    BlockKind kind = block.kind();
    Dialect.Parts parts = names.parts();
    if (block.hasIdentity()) {
      follower(block, kind.identity(), parts.identity(), BlockNames.identity(name));
    }
    for (int i = 0; i < block.form().convolutions(); i++) {
      convolution(block, names.dense(i), block.kernel(), BlockNames.denseConv(name, i));
      follower(block, kind.dense(), names.afterDense(i), BlockNames.dense(name, i));
    }
    if (block.hasPointwise()) {
      convolution(block, parts.pointwise(), 1, BlockNames.pointwiseConv(name));
      follower(block, kind.pointwise(), parts.afterPointwise(), BlockNames.pointwise(name));
    }
    follower(block, kind.sum(), parts.sum(), name);
  }

  /** What stands behind a branch; its layer's name begins with the branch's. */
  private void follower(BlockSpec block, Follower follower, String part, String branch) {
    switch (follower) {
      case NORM -> batchNorm(block, part, BlockNames.bn(branch));
      case SCALE ->
          add(
              names.block(block) + part + ".weight",
              List.of((long) block.out()),
              BlockNames.scale(branch),
              "W");
      case ABSENT, BARE -> {}
    }
  }

  private void convolution(BlockSpec block, String part, int kernel, String layer) {
    add(names.block(block) + part + ".weight", kernel(block, kernel), layer, "W");
  }

  private void fused(BlockSpec block) {
    String tensor = names.block(block) + names.parts().fused();
    slots.add(
        new TensorSlot(
            tensor + ".weight",
            kernel(block, block.kernel()),
            block.name(),
            "W",
            block.isDepthwise() ? Layout.TAPS_FIRST : Layout.ROW_MAJOR));
    add(tensor + ".bias", List.of((long) block.out()), block.name(), "b");
  }

  private void squeezeExcitation(BlockSpec block) {
    String layer = BlockNames.squeezeExcitation(block.name());
    long channels = block.out();
    long squeezed = block.squeezedChannels();
    String down = names.block(block) + names.parts().gates().down();
    String up = names.block(block) + names.parts().gates().up();
    add(down + ".weight", List.of(squeezed, channels, 1L, 1L), layer, "downW");
    add(down + ".bias", List.of(squeezed), layer, "downB");
    add(up + ".weight", List.of(channels, squeezed, 1L, 1L), layer, "upW");
    add(up + ".bias", List.of(channels), layer, "upB");
  }

  private void batchNorm(BlockSpec block, String part, String layer) {
    String tensor = names.block(block) + part;
    List<Long> shape = List.of((long) block.out());
    add(tensor + ".weight", shape, layer, "gamma");
    add(tensor + ".bias", shape, layer, "beta");
    add(tensor + ".running_mean", shape, layer, "mean");
    add(tensor + ".running_var", shape, layer, "var");
    slots.add(
        new TensorSlot(tensor + Dialect.BATCH_COUNT, List.of(), layer, "", Layout.BATCH_COUNT));
  }

  private void linear(RepVggSpec spec) {
    long classes = spec.numClasses();
    slots.add(
        new TensorSlot(
            names.linear() + ".weight",
            List.of(classes, (long) spec.features()),
            BlockNames.LINEAR,
            "W",
            Layout.TRANSPOSED));
    add(names.linear() + ".bias", List.of(classes), BlockNames.LINEAR, "b");
  }

  private void add(String tensor, List<Long> shape, String layer, String parameter) {
    slots.add(new TensorSlot(tensor, shape, layer, parameter, Layout.ROW_MAJOR));
  }

  private static List<Long> kernel(BlockSpec block, long size) {
    return List.of((long) block.out(), (long) block.in() / block.groups(), size, size);
  }
}
