package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.RuntimeOptions.WithoutVnni;
import java.io.Serializable;

/**
 * Who computes a model's answers.
 *
 * @param precision FP32 but for the fast engine, which has others
 * @param convolutions DIRECT but for the fast engine, which has a choice
 * @param withoutVnni REFUSE but for INT8, which has a choice
 */
public record EngineChoice(
    EngineName engine, Precision precision, Convolutions convolutions, WithoutVnni withoutVnni)
    implements Serializable {

  public EngineChoice {
    if (engine != EngineName.FAST && precision != Precision.FP32) {
      throw new IllegalArgumentException("precision " + precision + " needs engine fast");
    }
    if (engine != EngineName.FAST && convolutions != Convolutions.DIRECT) {
      throw new IllegalArgumentException("convolutions " + convolutions + " needs engine fast");
    }
    if (precision != Precision.INT8 && withoutVnni != WithoutVnni.REFUSE) {
      throw new IllegalArgumentException("without-vnni " + withoutVnni + " needs precision int8");
    }
  }

  /** Deeplearning4j. */
  public static final EngineChoice DL4J = of(EngineName.DL4J, Precision.FP32);

  /** With convolutions computed as they are defined. */
  public static EngineChoice of(EngineName engine, Precision precision) {
    return new EngineChoice(engine, precision, Convolutions.DIRECT, WithoutVnni.REFUSE);
  }

  /** Of the fast engine. */
  public RuntimeOptions runtimeOptions() {
    return RuntimeOptions.of(precision).convolutions(convolutions).withoutVnni(withoutVnni);
  }
}
