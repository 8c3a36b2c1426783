package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.weights.TensorSlot.Layout;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Holds a file's tensors against those of a network; the first difference makes the message. */
final class StateDictCheck {

  private static final Pattern PART = Pattern.compile("-\\d{5}-of-\\d{5}\\.");

  private final StateDict dict;
  private final List<String> differences = new ArrayList<>();

  private StateDictCheck(StateDict dict) {
    this.dict = dict;
  }

  /** Fails unless the file has exactly the network's tensors; batch counts may be missing. */
  static void check(
      StateDict dict, StateDictStructure found, RepVggSpec spec, List<TensorSlot> slots)
      throws ArchiveException {
    StateDictCheck check = new StateDictCheck(dict);
    check.compare(slots);
    if (!check.differences.isEmpty()) {
      int more = check.differences.size() - 1;
      throw new ArchiveException(
          dict.source()
              + ": "
              + check.differences.get(0)
              + (more == 0 ? "" : " (and " + more + " more differences)")
              + VariantHint.of(found, spec)
              + besideHint(dict.beside().leftOut())
              + partHint(dict.source().getFileName().toString()));
    }
  }

  /** Large checkpoints are saved in numbered parts. */
  private static String partHint(String file) {
    return PART.matcher(file).find()
        ? "; by its name the file is one of several parts: load them in Python and save one"
        : "";
  }

  /** A classifier under another name is the usual reason for a missing one. */
  private static String besideHint(List<String> leftOut) {
    return leftOut.isEmpty()
        ? ""
        : "; left out, since they have other names or stand elsewhere than its blocks: "
            + String.join(", ", leftOut.subList(0, Math.min(3, leftOut.size())))
            + (leftOut.size() > 3 ? ", ..." : "");
  }

  private void compare(List<TensorSlot> slots) {
    Set<String> surplus = new HashSet<>(dict.tensors().keySet());
    for (TensorSlot slot : slots) {
      surplus.remove(slot.tensor());
      Tensor tensor = dict.tensors().get(slot.tensor());
      if (slot.layout() == Layout.BATCH_COUNT) {
        if (tensor != null && tensor.length() != 1) {
          differ(slot.tensor(), slot.shape(), tensor.shape());
        }
      } else if (tensor == null || !slot.shape().equals(tensor.shape())) {
        differ(slot.tensor(), slot.shape(), tensor == null ? null : tensor.shape());
      }
    }
    for (String name : dict.tensors().keySet()) {
      if (surplus.contains(name)) {
        differ(name, null, dict.tensors().get(name).shape());
      }
    }
  }

  private void differ(String tensor, List<Long> expected, List<Long> found) {
    differences.add(
        "tensor "
            + tensor
            + ": expected "
            + (expected == null ? "none" : expected)
            + ", found "
            + (found == null ? "none" : found));
  }
}
