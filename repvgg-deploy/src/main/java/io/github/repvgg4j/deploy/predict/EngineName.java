package io.github.repvgg4j.deploy.predict;

/** Who computes. */
public enum EngineName {
  /** Deeplearning4j, with fast layer helpers where they are safe; either form. */
  DL4J,
  /** The fast runtime; fast forms only. */
  FAST
}
