package io.github.repvgg4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.accelerate.chain.ChainUnsupportedException;
import io.github.repvgg4j.accelerate.chain.GradientChain;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.cuda.chain.CudaChain;
import io.github.repvgg4j.cuda.chain.DeviceTrainer;
import io.github.repvgg4j.cuda.chain.DeviceTrainer.Acceleration;
import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionOptions.Product;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.reference.JavaDevice;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.optim.Averaging;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.UpdateRule;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whole steps on the Java device beside those of the oneDNN chain and ND4J. */
class CardStepperTest {

  private static final int CLASSES = 3;
  private static final int IMAGES = 8;
  private static final int SIDE = 8;
  private static final RepVggSpec SPEC =
      RepVggSpec.of(
              List.of(1, 1, 1, 1), List.of(16, 16, 16, 16, 16), CLASSES, InputShape.square(SIDE))
          .withStrides(List.of(1, 2, 1, 2, 1));

  @Test
  void twoHundredStepsEndWhereTheHostsDo() throws ChainUnsupportedException {
    StepRecipe recipe =
        StepRecipe.of(new UpdateRule.Sgd(0.9, true, 1e-4), new Schedule.Cosine(0.02, 200, 0))
            .withEma(0.99);
    requireAgreement(recipe, 200, 1e-4);
  }

  @ParameterizedTest
  @CsvSource({"0.9, false, 0, 2, 0.9, 1", "0, false, 0.5, 1, 0, 0.1", "0.9, true, 1, 3, 0.5, 0.3"})
  void eachPartOfTheRecipeIsTheHosts(
      double momentum, boolean nesterov, double clip, int accumulate, double ema, double backbone)
      throws ChainUnsupportedException {
    StepRecipe recipe =
        StepRecipe.of(new UpdateRule.Sgd(momentum, nesterov, 1e-2), new Schedule.Constant(0.05))
            .withClipNorm(clip)
            .withAccumulate(accumulate)
            .withEma(ema)
            .withRates(new StepRecipe.Rates(backbone, 1, OptionalLong.empty()));
    requireAgreement(recipe, 7, 1e-5);
  }

  private static void requireAgreement(StepRecipe recipe, int steps, double limit)
      throws ChainUnsupportedException {
    ComputationGraph graph = graph();
    List<float[]> host;
    try (GraphTrainer trainer =
        new GraphTrainer(
            graph, recipe, source(GradientChain.of(graph, Precision.FP32, Convolutions.FASTEST)))) {
      host = train(trainer, steps);
    }
    ComputationGraph twin = graph();
    List<float[]> card;
    try (GraphTrainer trainer = new GraphTrainer(twin, recipe, onJavaDevice())) {
      card = train(trainer, steps);
      assertThat(Floats.values(trainer.graph().params())).containsExactly(card.get(0));
    }
    assertThat(card).hasSameSizeAs(host);
    for (int i = 0; i < host.size(); i++) {
      boolean momentum = recipe.rule().stateVectors() == 1 && i == 1; // a gradient, near its zero
      assertThat(relative(card.get(i), host.get(i)))
          .as("vector %d", i)
          .isLessThan(momentum ? 10 * limit : limit);
    }
  }

  private static ComputationGraph graph() {
    return RepVggGraphs.build(SPEC, GraphOptions.withSeed(5));
  }

  private static List<float[]> train(GraphTrainer trainer, int steps) {
    Random random = new Random(3);
    for (int i = 0; i < steps; i++) {
      float[] images = new float[IMAGES * 3 * SIDE * SIDE];
      float[] targets = new float[IMAGES * CLASSES];
      for (int image = 0; image < IMAGES; image++) {
        int truth = random.nextInt(CLASSES);
        targets[image * CLASSES + truth] = 1;
        for (int p = 0; p < 3 * SIDE * SIDE; p++) {
          images[image * 3 * SIDE * SIDE + p] = (float) random.nextGaussian() + truth;
        }
      }
      trainer.stage(images, new long[] {IMAGES, 3, SIDE, SIDE}, targets);
      trainer.step();
    }
    trainer.endEpoch();
    return trainer.state().stream().map(Floats::values).toList();
  }

  private static GradientSource source(GradientChain chain) {
    return new GradientSource() {
      @Override
      public double compute(INDArray features, INDArray targets) {
        try {
          return chain.compute(features, targets);
        } catch (ChainUnsupportedException e) {
          throw new AssertionError(e);
        }
      }

      @Override
      public INDArray gradient() {
        return chain.gradient();
      }

      @Override
      public String description() {
        return "oneDNN";
      }

      @Override
      public void close() {
        chain.close();
      }
    };
  }

  /** In float32 throughout, which {@link CardEngine} leaves to its check. */
  private static StepEngine onJavaDevice() {
    return new StepEngine() {
      @Override
      public String description() {
        return "Java device";
      }

      @Override
      public Stepper stepper(ComputationGraph graph, StepRecipe recipe) {
        UpdateRule.Sgd rule = (UpdateRule.Sgd) recipe.rule();
        ConvolutionOptions full = new ConvolutionOptions(NumberFormat.FLOAT32, Product.FULL);
        JavaDevice device = new JavaDevice();
        try {
          CudaChain chain =
              CudaChain.of(device, graph, full, n -> n.name().endsWith(".identity.bn"));
          DeviceTrainer.Recipe steps =
              new DeviceTrainer.Recipe(
                  rule.momentum(),
                  rule.nesterov() ? Acceleration.NESTEROV : Acceleration.HEAVY_BALL,
                  rule.weightDecay(),
                  recipe.clipNorm(),
                  recipe.accumulate(),
                  recipe.averaging() instanceof Averaging.Exponential e ? e.decay() : 0,
                  recipe.rates().backboneFactor());
          return new CardStepper(
              graph, device, new DeviceTrainer(chain, Floats.values(graph.params()), steps));
        } catch (ChainUnsupportedException e) {
          throw new AssertionError(e);
        }
      }
    };
  }

  private static double relative(float[] found, float[] expected) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / size);
  }
}
