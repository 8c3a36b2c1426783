package io.github.repvgg4j.answer;

/** What the answers of a network say. */
public enum Meaning {
  /** Each is a probability, 0 to 1, and the classes exclude each other: together they are 1. */
  PROBABILITIES,
  /** Each is a probability by itself: an image may show several classes, or none. */
  INDEPENDENT_PROBABILITIES,
  /** Anything else: regressions, logits, features, boxes. */
  NUMBERS;

  /** Whether answers are probabilities, of whichever kind. */
  public boolean isProbability() {
    return this != NUMBERS;
  }
}
