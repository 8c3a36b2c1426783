package io.github.repvgg4j.train.config;

/** What is done for classes of few images. */
public enum Balance {
  /** Nothing: each image counts alike, so a class counts by the number of its images. */
  NONE,
  /** In the loss an image counts inversely to the size of its class. */
  WEIGHTS,
  /** Each class is drawn equally often. */
  SAMPLING
}
