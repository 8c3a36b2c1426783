package io.github.repvgg4j.train.config;

import io.github.repvgg4j.data.listing.Labelling;

/** What a network learns to say of an image. */
public enum Loss {
  /** Which one class it shows: softmax and cross-entropy. */
  SOFTMAX(Labelling.ONE),
  /** Of each class whether it shows it: sigmoid and binary cross-entropy. */
  SIGMOID(Labelling.SEVERAL);

  private final Labelling labelling;

  Loss(Labelling labelling) {
    this.labelling = labelling;
  }

  /** How many classes an image has. */
  public Labelling labelling() {
    return labelling;
  }
}
