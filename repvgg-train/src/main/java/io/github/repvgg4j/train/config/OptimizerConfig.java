package io.github.repvgg4j.train.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.github.repvgg4j.train.optim.Dl4jUpdater;
import io.github.repvgg4j.train.optim.UpdateRule;

/** The update rule by its {@code type}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = OptimizerConfig.SgdConfig.class, name = "sgd"),
  @JsonSubTypes.Type(value = OptimizerConfig.AdamWConfig.class, name = "adamw"),
  @JsonSubTypes.Type(value = OptimizerConfig.Dl4jConfig.class, name = "dl4j")
})
public sealed interface OptimizerConfig
    permits OptimizerConfig.SgdConfig, OptimizerConfig.AdamWConfig, OptimizerConfig.Dl4jConfig {

  UpdateRule rule();

  /** Refuses a key that needs weight decay which is a part of the gradient. */
  default void requireDecayInGradient(String key) {
    if (this instanceof AdamWConfig || rule().weightDecay() == 0) {
      throw new IllegalArgumentException(
          key
              + ": takes the place of weight decay in the gradient; needs optimizer.type sgd or"
              + " dl4j with a weightDecay greater than 0");
    }
  }

  /**
   * @param momentum in [0, 1)
   * @param nesterov Nesterov's form
   * @param weightDecay added to the gradient
   */
  record SgdConfig(Double momentum, Boolean nesterov, Double weightDecay)
      implements OptimizerConfig {
    public SgdConfig {
      momentum = Check.within(0, 1, "momentum", momentum, 0.9);
      nesterov = Check.orElse(nesterov, momentum > 0);
      weightDecay = Check.notNegative("weightDecay", weightDecay, 1e-4);
      new UpdateRule.Sgd(momentum, nesterov, weightDecay);
    }

    @Override
    public UpdateRule rule() {
      return new UpdateRule.Sgd(momentum, nesterov, weightDecay);
    }
  }

  /**
   * @param beta1 in [0, 1)
   * @param beta2 in [0, 1)
   * @param epsilon added to the root of the second moment
   * @param weightDecay decoupled
   */
  record AdamWConfig(Double beta1, Double beta2, Double epsilon, Double weightDecay)
      implements OptimizerConfig {
    public AdamWConfig {
      beta1 = Check.within(0, 1, "beta1", beta1, 0.9);
      beta2 = Check.within(0, 1, "beta2", beta2, 0.999);
      epsilon = Check.positive("epsilon", epsilon, 1e-8);
      weightDecay = Check.notNegative("weightDecay", weightDecay, 0.01);
    }

    @Override
    public UpdateRule rule() {
      return new UpdateRule.AdamW(beta1, beta2, epsilon, weightDecay);
    }
  }

  /**
   * @param updater Deeplearning4j's, with its defaults
   * @param weightDecay added to the gradient
   */
  record Dl4jConfig(Dl4jUpdater updater, Double weightDecay) implements OptimizerConfig {
    public Dl4jConfig {
      if (updater == null) {
        throw new IllegalArgumentException("updater: is required, such as RmsProp");
      }
      weightDecay = Check.notNegative("weightDecay", weightDecay, 0);
    }

    @Override
    public UpdateRule rule() {
      return new UpdateRule.Dl4j(updater, weightDecay);
    }
  }
}
