package io.github.repvgg4j.network;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The names of a network. What its owner named is reserved first; whatever is generated is taken
 * from what is left, so that no generated name can be one of the owner's.
 */
public final class Names {

  private final Set<String> taken = new HashSet<>();

  static Names reserving(Collection<String> owned) {
    Names names = new Names();
    names.taken.addAll(owned);
    return names;
  }

  /** All names of a network: its nodes and its inputs. */
  public static Names of(NetworkView network) {
    return new Names().and(network);
  }

  /** These, and all of another network. */
  public Names and(NetworkView network) {
    taken.addAll(network.nodes().keySet());
    taken.addAll(network.inputs());
    return this;
  }

  /** Whether nobody has that name yet. */
  public boolean isFree(String name) {
    return !taken.contains(name);
  }

  /** The wanted name if it is free, else that with the first free number; taken from now on. */
  public String free(String wanted) {
    String name = wanted;
    for (int i = 2; !taken.add(name); i++) {
      name = wanted + "#" + i;
    }
    return name;
  }
}
