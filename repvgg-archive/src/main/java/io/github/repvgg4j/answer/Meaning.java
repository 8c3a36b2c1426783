package io.github.repvgg4j.answer;

/** What the answers of a network say. */
public enum Meaning {
  /** Each is a probability, 0 to 1. */
  PROBABILITIES,
  /** Anything else: regressions, logits, features, boxes. */
  NUMBERS
}
