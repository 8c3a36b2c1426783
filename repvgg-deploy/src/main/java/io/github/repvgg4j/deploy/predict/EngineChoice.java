package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.onednn.Precision;
import java.io.Serializable;

/**
 * Who computes a model's answers.
 *
 * @param precision FP32 but for the fast engine, which has others
 */
public record EngineChoice(EngineName engine, Precision precision) implements Serializable {

  public EngineChoice {
    if (engine != EngineName.FAST && precision != Precision.FP32) {
      throw new IllegalArgumentException("precision " + precision + " needs engine fast");
    }
  }

  /** Deeplearning4j. */
  public static final EngineChoice DL4J = new EngineChoice(EngineName.DL4J, Precision.FP32);
}
