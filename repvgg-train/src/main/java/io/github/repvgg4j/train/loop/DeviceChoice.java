package io.github.repvgg4j.train.loop;

/** Where steps are computed. */
public enum DeviceChoice {
  /** On a CUDA card where there is one that can, else on the CPU. */
  AUTO,
  CPU,
  /** On a CUDA card, or not at all. */
  CUDA
}
