package io.github.repvgg4j.deploy.quantize;

import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Layers by the names that a user gives. */
final class KeptFloat {

  private KeptFloat() {}

  /**
   * @return numbers of the nodes
   * @throws QuantizationRefused one line: a layer that is not there, or nothing left to quantise
   */
  static Set<Integer> nodes(FloatNetwork network, List<String> names) {
    List<String> known = new ArrayList<>();
    Set<Integer> nodes = new TreeSet<>();
    for (int n = 0; n < network.graph().nodes().size(); n++) {
      if (network.isWeighted(n)) {
        String name = network.layer(n).name();
        known.add(name);
        if (names.contains(name)) {
          nodes.add(n);
        }
      }
    }
    for (String name : names) {
      if (!known.contains(name)) {
        throw new QuantizationRefused(
            "--keep-float: no convolution or dense layer is called '"
                + name
                + "'; there are "
                + String.join(", ", known));
      }
    }
    if (nodes.size() == known.size()) {
      throw new QuantizationRefused("--keep-float: leaves no layer to quantize");
    }
    return nodes;
  }
}
