package io.github.repvgg4j.rewrite;

import java.util.List;

/** Strict fusing found linear regions that it had to leave. */
public final class UnfusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnfusedException(List<RegionOutcome.Refused> refused) {
    super(
        refused.size()
            + " linear parts cannot be fused: "
            + String.join("; ", refused.stream().map(r -> r.place() + ": " + r.reason()).toList())
            + " (leave out strict to fuse the rest)");
  }
}
