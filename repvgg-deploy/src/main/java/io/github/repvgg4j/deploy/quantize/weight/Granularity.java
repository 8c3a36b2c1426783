package io.github.repvgg4j.deploy.quantize.weight;

/** What shares one scale of the weights. */
public enum Granularity {
  /** All of a layer: the naive scheme, for comparison. */
  TENSOR,
  /** One output channel. */
  CHANNEL
}
