package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.accelerate.chain.ChainNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** BatchNorms that only one sum reads: they add into its result themselves. */
final class SumsOfNorms {

  private final Map<String, String> sums = new HashMap<>();
  private final Map<String, Integer> left = new HashMap<>();

  SumsOfNorms(List<ChainNode> nodes) {
    Map<String, ChainNode> byName = new HashMap<>();
    Map<String, Integer> readers = new HashMap<>();
    for (ChainNode node : nodes) {
      byName.put(node.name(), node);
      node.sources().forEach(source -> readers.merge(source, 1, Integer::sum));
    }
    for (ChainNode.Sum sum : DeviceLayout.of(nodes, ChainNode.Sum.class)) {
      for (String source : sum.sources()) {
        if (byName.get(source) instanceof ChainNode.Norm && readers.get(source) == 1) {
          sums.put(source, sum.name());
          left.merge(sum.name(), 1, Integer::sum);
        }
      }
    }
  }

  /** Whether this source adds itself. */
  boolean joins(String norm) {
    return sums.containsKey(norm);
  }

  /** Where a BatchNorm writes: the sum's name, or its own. */
  String target(String norm) {
    return sums.getOrDefault(norm, norm);
  }

  boolean isOfNorms(String sum) {
    return left.containsKey(sum);
  }

  /** Counts a BatchNorm's backward pass; true for the last that reads its target's gradient. */
  boolean isLastReader(String norm) {
    return !joins(norm) || left.merge(sums.get(norm), -1, Integer::sum) == 0;
  }
}
