package io.github.repvgg4j.train.config;

import io.github.repvgg4j.onednn.Precision;

/** The arithmetic of training's gradient; integers are for inference only. */
public enum TrainingPrecision {
  /** 32-bit floating point; on cards with TF32 products. */
  FP32(Precision.FP32),
  /** 16-bit brain floating point. */
  BF16(Precision.BF16);

  private final Precision arithmetic;

  TrainingPrecision(Precision arithmetic) {
    this.arithmetic = arithmetic;
  }

  /** As the modules below name it. */
  public Precision arithmetic() {
    return arithmetic;
  }
}
