package io.github.repvgg4j.deploy.predict;

/** Who computes. */
public enum EngineName {
  /** Deeplearning4j, with fast layer helpers where they are safe; either form. */
  DL4J,
  /** The fast runtime; networks without BatchNorm, such as fast forms. */
  FAST
}
