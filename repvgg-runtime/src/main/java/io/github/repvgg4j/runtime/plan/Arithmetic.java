package io.github.repvgg4j.runtime.plan;

/** Whose roundings a node's are. */
public enum Arithmetic {
  /** Sums of the products of the definition. */
  DIRECT,
  /** Winograd's F(2x2, 3x3): tiles of 2 x 2 results. */
  WINOGRAD_2,
  /** Winograd's F(4x4, 3x3): tiles of 4 x 4 results. */
  WINOGRAD_4
}
