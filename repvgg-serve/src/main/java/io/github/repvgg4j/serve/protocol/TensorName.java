package io.github.repvgg4j.serve.protocol;

import java.util.Arrays;
import java.util.Optional;

/** The tensors that requests and answers of the Open Inference Protocol name. */
public enum TensorName {
  /** Prepared images, {@code [N, C, H, W]}. */
  IMAGES("images", "FP32"),
  /** Image files' contents, {@code [N]}. */
  ENCODED_IMAGES("encoded_images", "BYTES"),
  /** The numbers before the last activation, {@code [N, classes]}. */
  LOGITS("logits", "FP32"),
  /** What the model's head makes of them, {@code [N, classes]}. */
  PROBABILITIES("probabilities", "FP32");

  private final String text;
  private final String type;

  TensorName(String text, String type) {
    this.text = text;
    this.type = type;
  }

  public String text() {
    return text;
  }

  /** Of the protocol. */
  public String type() {
    return type;
  }

  static Optional<TensorName> of(String text) {
    return Arrays.stream(values()).filter(name -> name.text.equals(text)).findFirst();
  }
}
