package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import java.io.Serializable;

/**
 * Who computes a model's answers.
 *
 * @param precision FP32 but for the fast engine, which has others
 * @param convolutions DIRECT but for the fast engine, which has a choice
 */
public record EngineChoice(EngineName engine, Precision precision, Convolutions convolutions)
    implements Serializable {

  public EngineChoice {
    if (engine != EngineName.FAST && precision != Precision.FP32) {
      throw new IllegalArgumentException("precision " + precision + " needs engine fast");
    }
    if (engine != EngineName.FAST && convolutions != Convolutions.DIRECT) {
      throw new IllegalArgumentException("convolutions " + convolutions + " needs engine fast");
    }
  }

  /** Deeplearning4j. */
  public static final EngineChoice DL4J = of(EngineName.DL4J, Precision.FP32);

  /** With convolutions computed as they are defined. */
  public static EngineChoice of(EngineName engine, Precision precision) {
    return new EngineChoice(engine, precision, Convolutions.DIRECT);
  }
}
