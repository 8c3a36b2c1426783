package io.github.repvgg4j.rewrite.fuse;

import io.github.repvgg4j.network.Names;
import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.rewrite.plan.Region;
import io.github.repvgg4j.spec.BlockNames;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names fused convolutions. */
final class RegionNames {

  private RegionNames() {}

  /** A name for each region, unique among them. */
  static Map<Region, String> of(List<Region> regions, NetworkView network) {
    Names taken = Names.of(network);
    Map<Region, String> names = new LinkedHashMap<>();
    regions.forEach(region -> names.put(region, name(region, network, taken)));
    return names;
  }

  /**
   * What the members' names have in common up to a dot or slash ({@code stage1.block0}, also where
   * its one branch is all that is fused), if that is free; else the name of the last member. A
   * network output keeps its name.
   */
  private static String name(Region region, NetworkView network, Names taken) {
    String root = region.root();
    if (network.outputs().contains(root)) {
      return root;
    }
    String common = BlockNames.blockOfBranch(commonPrefix(region.members()));
    if (region.members().contains(common)) {
      return common;
    }
    return common.isBlank() || !taken.isFree(common) ? root : taken.free(common);
  }

  private static String commonPrefix(Collection<String> names) {
    String prefix = null;
    for (String name : names) {
      prefix = prefix == null ? name : common(prefix, name);
    }
    int end = Math.max(prefix.lastIndexOf('.'), prefix.lastIndexOf('/'));
    return end < 0 ? "" : prefix.substring(0, end);
  }

  private static String common(String a, String b) {
    int i = 0;
    while (i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    return a.substring(0, i);
  }
}
