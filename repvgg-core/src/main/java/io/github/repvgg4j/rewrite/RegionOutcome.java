package io.github.repvgg4j.rewrite;

import io.github.repvgg4j.rewrite.plan.Law;
import java.util.List;

/** What became of a part of the network. Every layer and vertex stands in exactly one outcome. */
public sealed interface RegionOutcome {

  /** One line for a report. */
  String text();

  /**
   * Became one convolution.
   *
   * @param members names of what was replaced, in the order of computation
   * @param name the convolution's name in the new network
   * @param laws what was used
   */
  record Fused(List<String> members, String name, List<Law> laws) implements RegionOutcome {

    public Fused {
      members = List.copyOf(members);
      laws = List.copyOf(laws);
    }

    @Override
    public String text() {
      return "fused "
          + String.join(", ", members)
          + " -> "
          + name
          + " ("
          + String.join("; ", laws.stream().map(Law::text).toList())
          + ")";
    }
  }

  /**
   * Linear in inference, and yet left as it is; {@code strict} makes it an error.
   *
   * @param place name of the layer or vertex
   * @param reason why, in words to act on
   */
  record Refused(String place, String reason) implements RegionOutcome {
    @Override
    public String text() {
      return "refused " + place + ": " + reason;
    }
  }

  /**
   * Nothing to fuse: not linear, or one convolution already.
   *
   * @param place name of the layer or vertex
   * @param reason what it is
   */
  record Kept(String place, String reason) implements RegionOutcome {
    @Override
    public String text() {
      return "kept " + place + ": " + reason;
    }
  }

  /**
   * DL4J computes something else than the graph says, and the new network does what it says.
   *
   * @param place name of the layer or vertex
   * @param reason what was wrong, and what was done
   */
  record Corrected(String place, String reason) implements RegionOutcome {
    @Override
    public String text() {
      return "corrected " + place + ": " + reason;
    }
  }
}
