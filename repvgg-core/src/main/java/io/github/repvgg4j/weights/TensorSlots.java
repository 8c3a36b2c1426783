package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.Branches;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.weights.TensorSlot.Layout;
import java.util.ArrayList;
import java.util.List;

/** All tensors of a network under one naming, in the order of its blocks. */
final class TensorSlots {

  private final Naming naming;
  private final List<TensorSlot> slots = new ArrayList<>();

  private TensorSlots(Naming naming) {
    this.naming = naming;
  }

  static List<TensorSlot> of(RepVggSpec spec, Form form, Naming naming) {
    if (form == Form.TRAINING && spec.blockOptions().branches() != Branches.ALL) {
      throw new IllegalArgumentException(
          "branches: weight files have names for all three branches only, not for "
              + spec.blockOptions().branches());
    }
    TensorSlots all = new TensorSlots(naming);
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
    if (block.hasIdentity()) {
      batchNorm(block, naming.identityBn(), BlockNames.identityBn(name));
    }
    add(
        naming.block(block) + naming.denseConv() + ".weight",
        kernel(block, 3),
        BlockNames.denseConv(name),
        "W");
    batchNorm(block, naming.denseBn(), BlockNames.denseBn(name));
    add(
        naming.block(block) + naming.pointwiseConv() + ".weight",
        kernel(block, 1),
        BlockNames.pointwiseConv(name),
        "W");
    batchNorm(block, naming.pointwiseBn(), BlockNames.pointwiseBn(name));
  }

  private void fused(BlockSpec block) {
    String tensor = naming.block(block) + naming.fusedConv();
    add(tensor + ".weight", kernel(block, 3), block.name(), "W");
    add(tensor + ".bias", List.of((long) block.out()), block.name(), "b");
  }

  private void squeezeExcitation(BlockSpec block) {
    String layer = BlockNames.squeezeExcitation(block.name());
    long channels = block.out();
    long squeezed = block.squeezedChannels();
    String down = naming.block(block) + naming.down();
    String up = naming.block(block) + naming.up();
    add(down + ".weight", List.of(squeezed, channels, 1L, 1L), layer, "downW");
    add(down + ".bias", List.of(squeezed), layer, "downB");
    add(up + ".weight", List.of(channels, squeezed, 1L, 1L), layer, "upW");
    add(up + ".bias", List.of(channels), layer, "upB");
  }

  private void batchNorm(BlockSpec block, String part, String layer) {
    String tensor = naming.block(block) + part;
    List<Long> shape = List.of((long) block.out());
    add(tensor + ".weight", shape, layer, "gamma");
    add(tensor + ".bias", shape, layer, "beta");
    add(tensor + ".running_mean", shape, layer, "mean");
    add(tensor + ".running_var", shape, layer, "var");
    slots.add(
        new TensorSlot(tensor + ".num_batches_tracked", List.of(), layer, "", Layout.BATCH_COUNT));
  }

  private void linear(RepVggSpec spec) {
    long classes = spec.numClasses();
    slots.add(
        new TensorSlot(
            naming.linear() + ".weight",
            List.of(classes, (long) spec.features()),
            BlockNames.LINEAR,
            "W",
            Layout.TRANSPOSED));
    add(naming.linear() + ".bias", List.of(classes), BlockNames.LINEAR, "b");
  }

  private void add(String tensor, List<Long> shape, String layer, String parameter) {
    slots.add(new TensorSlot(tensor, shape, layer, parameter, Layout.ROW_MAJOR));
  }

  private static List<Long> kernel(BlockSpec block, long size) {
    return List.of((long) block.out(), (long) block.in() / block.groups(), size, size);
  }
}
