package io.github.repvgg4j.train.config;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.github.repvgg4j.train.optim.Dl4jUpdater;
import io.github.repvgg4j.train.optim.UpdateRule;
import io.github.repvgg4j.yaml.Choice;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;
import java.util.Optional;

/** The update rule by its {@code type}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = Choice.KEY)
public sealed interface OptimizerConfig
    permits OptimizerConfig.SgdConfig,
        OptimizerConfig.AdamWConfig,
        OptimizerConfig.Dl4jConfig,
        OptimizerConfig.MuonConfig {

  UpdateRule rule();

  /** The highest learning rate where none is given. */
  default double usualRate(int batchSize) {
    return 0.1 * batchSize / 256;
  }

  /** What steps the parameters that {@link MuonConfig} leaves. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = Choice.KEY)
  sealed interface Rest permits RestSgdConfig, AdamWConfig {
    UpdateRule rule();
  }

  /** RepOptimizer's constants, where they are asked for. */
  default Optional<ReparameterizeConfig> reparameterized() {
    return Optional.empty();
  }

  /** The same with other constants. */
  default OptimizerConfig withReparameterize(ReparameterizeConfig constants) {
    throw new IllegalArgumentException("reparameterize: only sgd takes it");
  }

  /** Refuses a key that needs weight decay which is a part of the gradient. */
  default void requireDecayInGradient(String key) {
    if (this instanceof AdamWConfig || this instanceof MuonConfig || rule().weightDecay() == 0) {
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
   * @param reparameterize RepOptimizer; null for none
   */
  @Choice("sgd")
  record SgdConfig(
      @Limit(min = 0, below = 1) Double momentum,
      Boolean nesterov,
      @Limit(min = 0) Double weightDecay,
      ReparameterizeConfig reparameterize)
      implements OptimizerConfig {

    private static final Limits LIMITS = Limits.of(SgdConfig.class);

    /** PyTorch's momentum 0.9, Nesterov's form, weight decay 1e-4. */
    public static final SgdConfig DEFAULT = new SgdConfig(null, null, null, null);

    public SgdConfig {
      momentum = LIMITS.value("momentum", momentum, 0.9);
      nesterov = LIMITS.value("nesterov", nesterov, momentum > 0);
      weightDecay = LIMITS.value("weightDecay", weightDecay, 1e-4);
      new UpdateRule.Sgd(momentum, nesterov, weightDecay);
    }

    @Override
    public UpdateRule rule() {
      return new UpdateRule.Sgd(momentum, nesterov, weightDecay);
    }

    @Override
    public Optional<ReparameterizeConfig> reparameterized() {
      return Optional.ofNullable(reparameterize);
    }

    @Override
    public OptimizerConfig withReparameterize(ReparameterizeConfig constants) {
      return new SgdConfig(momentum, nesterov, weightDecay, constants);
    }
  }

  /**
   * @param beta1 in [0, 1)
   * @param beta2 in [0, 1)
   * @param epsilon added to the root of the second moment
   * @param weightDecay decoupled
   */
  @Choice("adamw")
  record AdamWConfig(
      @Limit(min = 0, below = 1) Double beta1,
      @Limit(min = 0, below = 1) Double beta2,
      @Limit(above = 0) Double epsilon,
      @Limit(min = 0) Double weightDecay)
      implements OptimizerConfig, Rest {

    private static final Limits LIMITS = Limits.of(AdamWConfig.class);

    public AdamWConfig {
      beta1 = LIMITS.value("beta1", beta1, 0.9);
      beta2 = LIMITS.value("beta2", beta2, 0.999);
      epsilon = LIMITS.value("epsilon", epsilon, 1e-8);
      weightDecay = LIMITS.value("weightDecay", weightDecay, 0.01);
    }

    /** PyTorch's. */
    @Override
    public double usualRate(int batchSize) {
      return 1e-3;
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
  @Choice("dl4j")
  record Dl4jConfig(
      @Limit(required = true, example = "RmsProp") Dl4jUpdater updater,
      @Limit(min = 0) Double weightDecay)
      implements OptimizerConfig {

    private static final Limits LIMITS = Limits.of(Dl4jConfig.class);

    public Dl4jConfig {
      updater = LIMITS.value("updater", updater);
      weightDecay = LIMITS.value("weightDecay", weightDecay, 0.0);
    }

    /** SGD's of those that step by the gradient, else that of Kingma and Ba. */
    @Override
    public double usualRate(int batchSize) {
      return switch (updater) {
        case SGD, NESTEROVS -> OptimizerConfig.super.usualRate(batchSize);
        default -> 1e-3;
      };
    }

    @Override
    public UpdateRule rule() {
      return new UpdateRule.Dl4j(updater, weightDecay);
    }
  }

  /**
   * SGD beside Muon.
   *
   * @param momentum in [0, 1)
   * @param nesterov Nesterov's form
   * @param weightDecay added to the gradient
   */
  @Choice("sgd")
  record RestSgdConfig(
      @Limit(min = 0, below = 1) Double momentum,
      Boolean nesterov,
      @Limit(min = 0) Double weightDecay)
      implements Rest {

    private static final Limits LIMITS = Limits.of(RestSgdConfig.class);

    public RestSgdConfig {
      momentum = LIMITS.value("momentum", momentum, 0.9);
      nesterov = LIMITS.value("nesterov", nesterov, momentum > 0);
      weightDecay = LIMITS.value("weightDecay", weightDecay, 1e-4);
      new UpdateRule.Sgd(momentum, nesterov, weightDecay);
    }

    @Override
    public UpdateRule rule() {
      return new UpdateRule.Sgd(momentum, nesterov, weightDecay);
    }
  }

  /**
   * @param momentum in [0, 1)
   * @param nesterov Nesterov's form
   * @param steps of Newton-Schulz
   * @param weightDecay of the kernels, decoupled
   * @param kernelScale free, or unit: each kernel brought to the norm sqrt(out) before its step
   * @param rest of all that is no kernel: sgd or adamw
   * @param restRateFactor of the learning rate of those
   */
  @Choice("muon")
  record MuonConfig(
      @Limit(min = 0, below = 1) Double momentum,
      Boolean nesterov,
      @Limit(min = 1, max = 20) Integer steps,
      @Limit(min = 0) Double weightDecay,
      UpdateRule.Muon.KernelScale kernelScale,
      Rest rest,
      @Limit(min = 0) Double restRateFactor)
      implements OptimizerConfig {

    private static final Limits LIMITS = Limits.of(MuonConfig.class);

    /** Of KellerJordan/Muon: 0.02, and 3e-4 for Adam. */
    private static final double RATE = 0.02;

    public MuonConfig {
      momentum = LIMITS.value("momentum", momentum, 0.95);
      nesterov = LIMITS.value("nesterov", nesterov, momentum > 0);
      steps = LIMITS.value("steps", steps, 5);
      weightDecay = LIMITS.value("weightDecay", weightDecay, 0.0);
      kernelScale = LIMITS.value("kernelScale", kernelScale, UpdateRule.Muon.KernelScale.FREE);
      rest = rest == null ? new AdamWConfig(0.9, 0.95, 1e-10, 0.0) : rest;
      restRateFactor = LIMITS.value("restRateFactor", restRateFactor, 3e-4 / RATE);
      muon(momentum, nesterov, steps, weightDecay, kernelScale, rest, restRateFactor);
    }

    private static UpdateRule.Muon muon(
        double momentum,
        boolean nesterov,
        int steps,
        double weightDecay,
        UpdateRule.Muon.KernelScale kernelScale,
        Rest rest,
        double restRateFactor) {
      return new UpdateRule.Muon(
          momentum, nesterov, steps, weightDecay, kernelScale, rest.rule(), restRateFactor);
    }

    @Override
    public double usualRate(int batchSize) {
      return RATE;
    }

    @Override
    public UpdateRule rule() {
      return muon(momentum, nesterov, steps, weightDecay, kernelScale, rest, restRateFactor);
    }
  }
}
