package io.github.repvgg4j.deploy.quantize.gate;

/** Something with logits. */
@FunctionalInterface
public interface Classifier {

  /**
   * @param images {@code [batch, C, H, W]} in C order, normalised; not changed
   * @return {@code [batch, classes]}
   */
  float[] logits(float[] images, int batch);
}
