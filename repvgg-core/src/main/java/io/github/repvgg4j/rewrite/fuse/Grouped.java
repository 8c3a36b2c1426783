package io.github.repvgg4j.rewrite.fuse;

/** How a kernel with more than one group is written; depthwise ones have a stock layer. */
public enum Grouped {
  /** This project's grouped layer: small, but the zip needs this library to load. */
  AS_GROUPED_LAYER,
  /** A stock convolution with zeros off the diagonal: larger, but any DL4J loads it. */
  AS_DENSE
}
