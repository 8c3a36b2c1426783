package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a state_dict says of its network by names and shapes alone.
 *
 * @param naming whose names they are
 * @param form training or fused
 * @param spec the structure, as far as it can be told: where a stage's first block has no identity
 *     branch its stride is taken to be 2; the image's sides are taken to be 224; empty where the
 *     tensors make no RepVGG
 */
public record StateDictStructure(Naming naming, Form form, Optional<RepVggSpec> spec) {

  private static final int SIDE = 224;

  /**
   * Finds out.
   *
   * @throws ArchiveException when the names are none of {@link Naming}
   */
  public static StateDictStructure of(StateDict dict) throws ArchiveException {
    StateDictStructure best = null;
    long most = 0;
    for (Naming naming : Naming.values()) {
      for (Form form : Form.values()) {
        long count =
            dict.tensors().keySet().stream()
                .filter(name -> naming.prefix(name, form).filter(String::isEmpty).isPresent())
                .count();
        if (count > most) {
          most = count;
          best = new StateDictStructure(naming, form, spec(dict, naming, form));
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

  private static Optional<RepVggSpec> spec(StateDict dict, Naming naming, Form form) {
    try {
      return Optional.of(new Reader(dict, naming, form).spec());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Walks the blocks; an {@link IllegalArgumentException} where they make no network. */
  private record Reader(StateDict dict, Naming naming, Form form) {

    RepVggSpec spec() {
      List<Integer> depths = new ArrayList<>();
      List<Integer> widths = new ArrayList<>();
      List<Integer> strides = new ArrayList<>();
      int groups = 1;
      int in = size(kernel(0, 0), 1);
      int layerIndex = 0;
      for (int stage = 0; stage <= 4; stage++) {
        int depth = 0;
        while (kernel(stage, depth) != null && (stage > 0 || depth == 0)) {
          List<Long> kernel = kernel(stage, depth);
          if (layerIndex == 2) {
            groups = in / Math.max(1, size(kernel, 1));
          }
          in = size(kernel, 0);
          depth++;
          layerIndex++;
        }
        if (stage > 0) {
          depths.add(depth);
        }
        widths.add(in);
        strides.add(hasIdentity(stage) ? 1 : 2);
      }
      return new RepVggSpec(
          depths,
          widths,
          strides,
          new RepVggSpec.BlockOptions(groups, has(naming.block(0, 0) + naming.down() + ".weight")),
          size(shape(naming.linear() + ".weight"), 0),
          new InputShape(size(kernel(0, 0), 1), SIDE, SIDE));
    }

    private List<Long> kernel(int stage, int index) {
      return shape(naming.block(stage, index) + naming.kernel(form));
    }

    private boolean hasIdentity(int stage) {
      return has(naming.block(stage, 0) + naming.identityBn() + ".weight");
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
