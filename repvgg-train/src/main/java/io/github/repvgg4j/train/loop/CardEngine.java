package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.accelerate.chain.ChainCheck;
import io.github.repvgg4j.accelerate.chain.ChainNode;
import io.github.repvgg4j.accelerate.chain.ChainUnsupportedException;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.cuda.CudaDevices;
import io.github.repvgg4j.cuda.chain.CudaChain;
import io.github.repvgg4j.cuda.chain.DeviceTrainer;
import io.github.repvgg4j.cuda.chain.DeviceTrainer.Acceleration;
import io.github.repvgg4j.cuda.device.AlgorithmChoice;
import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionOptions.Product;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.CudaException;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.train.optim.Averaging;
import io.github.repvgg4j.train.optim.UpdateRule;
import java.util.Locale;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whole steps on a CUDA card, after its gradient agreed with the graph's own. */
public final class CardEngine implements StepEngine {

  private static final Logger LOG = LoggerFactory.getLogger(CardEngine.class);

  private final CudaDevice device;
  private final CudaChain chain;
  private final String description;

  private CardEngine(CudaDevice device, CudaChain chain, String description) {
    this.device = device;
    this.chain = chain;
    this.description = description;
  }

  /**
   * What a card is asked to compute.
   *
   * @param precision fp32: float32 with TF32 products; bf16: activations, kernels and their
   *     gradients in bfloat16, the rest and what is kept in float32
   * @param height of the images of the check, pixels
   * @param width likewise
   */
  public record Wanted(Precision precision, AlgorithmChoice algorithms, int height, int width) {}

  /**
   * @param recipe what a card must be able to do; its schedule is of no meaning
   * @throws ChainUnsupportedException there is no card, or it can't train this; one line says why
   */
  public static CardEngine of(ComputationGraph graph, StepRecipe recipe, Wanted wanted)
      throws ChainUnsupportedException {
    Optional<String> obstacle = obstacle(graph, recipe);
    if (obstacle.isPresent()) {
      throw new ChainUnsupportedException(obstacle.get());
    }
    CudaDevice device = open(wanted.algorithms);
    CudaChain chain = null;
    try {
      check(device, graph, wanted);
      chain = CudaChain.of(device, graph, options(wanted.precision), CardEngine::decayed);
      double difference =
          ChainCheck.requireAgreement(
              graph, chain, limits(wanted.precision), wanted.height, wanted.width);
      LOG.info(
          "the card's gradient of random images in {} differs from Deeplearning4j's by {}",
          name(wanted.precision),
          String.format(Locale.ROOT, "%.1e", difference));
      String what = "steps on " + device.description() + " (" + name(wanted.precision) + ")";
      return new CardEngine(device, chain, what);
    } catch (ChainUnsupportedException | RuntimeException e) {
      if (chain != null) {
        chain.close();
      }
      device.close();
      throw e;
    }
  }

  private static Optional<String> obstacle(ComputationGraph graph, StepRecipe recipe) {
    if (!(recipe.rule() instanceof UpdateRule.Sgd)) {
      return Optional.of("cards make steps of SGD only, not of training.optimizer");
    }
    if (recipe.averaging() instanceof Averaging.Lookahead) {
      return Optional.of("cards know no training.lookahead");
    }
    if (recipe.rates().biasFactor() != 1 || recipe.rates().whitenedUntil().isPresent()) {
      return Optional.of("cards know no training.biasRateFactor and no training.whitening");
    }
    if (!recipe.distillation().isNone()) {
      return Optional.of("cards know no training.teacher");
    }
    if (recipe.customL2()) {
      return Optional.of("cards know no training.customL2");
    }
    if (Nd4j.getExecutioner().type() == ExecutionerType.CUDA) {
      return Optional.of("ND4J itself computes on CUDA; build with -Pcuda12 instead of -Pcuda");
    }
    if (!graph.getListeners().isEmpty()) {
      return Optional.of("training listeners are set");
    }
    return Optional.empty();
  }

  private static CudaDevice open(AlgorithmChoice algorithms) throws ChainUnsupportedException {
    try {
      return CudaDevices.open(algorithms);
    } catch (CudaException e) {
      throw new ChainUnsupportedException(e.getMessage());
    }
  }

  /** In float32 throughout, where a wrong call can't hide behind rounding. */
  private static void check(CudaDevice device, ComputationGraph graph, Wanted wanted)
      throws ChainUnsupportedException {
    ConvolutionOptions full = new ConvolutionOptions(NumberFormat.FLOAT32, Product.FULL);
    try (CudaChain chain = CudaChain.of(device, graph, full, CardEngine::decayed)) {
      double difference =
          ChainCheck.requireAgreement(graph, chain, ChainCheck.FP32, wanted.height, wanted.width);
      LOG.info(
          "the card's gradient of random images in float32 differs from Deeplearning4j's by {}",
          String.format(Locale.ROOT, "%.1e", difference));
    }
  }

  private static ConvolutionOptions options(Precision precision) {
    return precision == Precision.BF16
        ? new ConvolutionOptions(NumberFormat.BFLOAT16, Product.FULL)
        : new ConvolutionOptions(NumberFormat.FLOAT32, Product.TF32);
  }

  private static ChainCheck.Limits limits(Precision precision) {
    return precision == Precision.BF16 ? ChainCheck.BF16 : ChainCheck.TF32;
  }

  private static String name(Precision precision) {
    return precision == Precision.BF16 ? "bf16" : "tf32";
  }

  /** As {@link ParameterLayout} has it. */
  private static boolean decayed(ChainNode.Norm norm) {
    return norm.name().endsWith(BlockNames.identityBn(""));
  }

  @Override
  public String description() {
    return description;
  }

  /** On the card: parameters, what the rule remembers, activations and the workspace. */
  public long bytes() {
    return chain.bytes();
  }

  @Override
  public Stepper stepper(ComputationGraph graph, StepRecipe recipe) {
    UpdateRule.Sgd rule = (UpdateRule.Sgd) recipe.rule();
    DeviceTrainer.Recipe steps =
        new DeviceTrainer.Recipe(
            rule.momentum(),
            rule.nesterov() ? Acceleration.NESTEROV : Acceleration.HEAVY_BALL,
            rule.weightDecay(),
            recipe.clipNorm(),
            recipe.accumulate(),
            recipe.averaging() instanceof Averaging.Exponential ema ? ema.decay() : 0,
            recipe.rates().backboneFactor());
    DeviceTrainer trainer = new DeviceTrainer(chain, Floats.values(graph.params()), steps);
    return new CardStepper(graph, device, trainer);
  }

  @Override
  public void close() {
    chain.close();
    device.close();
  }
}
