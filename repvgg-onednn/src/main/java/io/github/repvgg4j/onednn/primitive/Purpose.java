package io.github.repvgg4j.onednn.primitive;

import org.bytedeco.dnnl.global.dnnl;

/** What a forward pass is for. */
public enum Purpose {
  /** A backward pass follows. */
  TRAINING(dnnl.dnnl_forward_training),
  INFERENCE(dnnl.dnnl_forward_inference);

  private final int number;

  Purpose(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
