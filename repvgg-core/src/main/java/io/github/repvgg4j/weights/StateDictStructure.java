package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions.Structure;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a state_dict says of its network by names and shapes alone.
 *
 * @param naming whose names they are
 * @param kind of its blocks; of fused ones that are named alike, RepVGG
 * @param form training or fused
 * @param spec the structure, as far as it can be told: where a stage's first block has no identity
 *     branch its stride is taken to be 2; the image's sides are taken to be 224; empty where the
 *     tensors make no RepVGG
 */
public record StateDictStructure(
    Naming naming, BlockKind kind, Form form, Optional<RepVggSpec> spec) {

  private static final int SIDE = 224;

  /**
   * Finds out.
   *
   * @throws ArchiveException when the names are none of {@link Naming}
   */
  public static StateDictStructure of(StateDict dict) throws ArchiveException {
    StateDictStructure best = null;
    long most = 0;
    for (Dialect dialect : Naming.dialects()) {
      for (Form form : Form.values()) {
        long count =
            dict.tensors().keySet().stream()
                .filter(name -> dialect.prefix(name, form).filter(String::isEmpty).isPresent())
                .count();
        boolean separable = dialect.kind().isSeparable() && count == most;
        if (count > most || (separable && new Reader(dict, dialect, form).isSeparable())) {
          most = count;
          best =
              new StateDictStructure(
                  dialect.naming(), dialect.kind(), form, spec(dict, dialect, form));
        }
      }
    }
    if (best == null) {
      throw new ArchiveException(
          dict.source()
              + ": these are no tensor names of a RepVGG (official, timm, mmpretrain): "
              + dict.tensors().keySet().stream().limit(3).toList());
    }
    return best;
  }

  private static Optional<RepVggSpec> spec(StateDict dict, Dialect dialect, Form form) {
    try {
      return Optional.of(new Reader(dict, dialect, form).spec());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Walks the blocks; an {@link IllegalArgumentException} where they make no network. */
  private record Reader(StateDict dict, Dialect names, Form form) {

    /** A depthwise block, then a 1x1. */
    boolean isSeparable() {
      List<Long> first = kernel(1, 0);
      List<Long> second = kernel(1, 1);
      return first != null && second != null && size(first, 1) == 1 && size(second, 2) == 1;
    }

    RepVggSpec spec() {
      List<Integer> depths = new ArrayList<>();
      List<Integer> widths = new ArrayList<>();
      List<Integer> strides = new ArrayList<>();
      int groups = 1;
      int in = size(kernel(0, 0), 1);
      int layerIndex = 0;
      int unit = names.kind().isSeparable() ? 2 : 1;
      for (int stage = 0; stage <= 4; stage++) {
        int depth = 0;
        while (kernel(stage, depth) != null && (stage > 0 || depth == 0)) {
          List<Long> kernel = kernel(stage, depth);
          if (layerIndex == 2 && unit == 1) {
            groups = in / Math.max(1, size(kernel, 1));
          }
          in = size(kernel, 0);
          depth++;
          layerIndex++;
        }
        if (stage > 0) {
          depths.add(depth / unit);
        }
        widths.add(in);
        strides.add(hasIdentity(stage) ? 1 : 2);
      }
      return new RepVggSpec(
          depths,
          widths,
          strides,
          new BlockOptions(groups, isGated(depths, unit)).withStructure(structure()),
          size(shape(names.linear() + ".weight"), 0),
          new InputShape(size(kernel(0, 0), 1), SIDE, SIDE));
    }

    /** As far as stage 4's last block tells. */
    private boolean isGated(List<Integer> depths, int unit) {
      int last = Math.max(0, unit * depths.get(3) - 1);
      return has(names.block(4, last) + names.parts().gates().down() + ".weight");
    }

    private Structure structure() {
      int convolutions = 1;
      if (names.kind().isSeparable() && form == Form.TRAINING) {
        while (has(names.block(1, 0) + names.dense(convolutions) + ".weight")) {
          convolutions++;
        }
      }
      return new Structure(names.kind(), convolutions);
    }

    private List<Long> kernel(int stage, int index) {
      return shape(names.block(stage, index) + names.kernel(form));
    }

    private boolean hasIdentity(int stage) {
      String identity = names.parts().identity();
      return !identity.isEmpty() && has(names.block(stage, 0) + identity + ".weight");
    }

    private boolean has(String tensor) {
      return dict.tensors().containsKey(tensor);
    }

    private List<Long> shape(String tensor) {
      Tensor found = dict.tensors().get(tensor);
      return found == null ? null : found.shape();
    }

    private static int size(List<Long> shape, int axis) {
      if (shape == null || shape.size() <= axis || shape.get(axis) > 1 << 20) {
        throw new IllegalArgumentException("a tensor is missing or has too few axes");
      }
      return shape.get(axis).intValue();
    }
  }
}
