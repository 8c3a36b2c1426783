package io.github.repvgg4j.train.reparameterize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.train.loop.GradientSource;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.loop.HostEngine;
import io.github.repvgg4j.train.loop.MultipliedGradient;
import io.github.repvgg4j.train.loop.StepRecipe;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.UpdateRule;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** RepOptimizer against the network with branches and constant scales that it stands for. */
class ReparameterizationTest {

  private static final double RATE = 0.05;
  private static final GraphOptions DOUBLE = GraphOptions.withSeed(3).withDataType(DataType.DOUBLE);

  private static RepVggSpec spec(BlockKind kind, int groups) {
    return RepVggSpec.of(List.of(2, 1, 2, 1), List.of(4, 4, 8, 8, 8), 3, InputShape.square(8))
        .withStrides(List.of(1, 1, 2, 1, 2))
        .withBlockOptions(
            new BlockOptions(groups, false).withStructure(new BlockOptions.Structure(kind, 1)));
  }

  /**
   * Steps of SGD on the branches, their scales held, fused after each, against steps of SGD with
   * multiplied gradients on the one kernel.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 0, false, 0",
    "1, 0.9, false, 0",
    "1, 0.9, true, 0",
    "1, 0.9, true, 0.02",
    "2, 0.9, true, 0.02"
  })
  void stepsEqualThoseOfTheBranchesFused(
      int groups, double momentum, boolean nesterov, double decay) {
    RepVggSpec searchSpec = spec(BlockKind.REPOPT_SEARCH, groups);
    ComputationGraph branches = RepVggGraphs.build(searchSpec, DOUBLE);
    randomiseScales(branches, searchSpec);
    RepVggSpec plainSpec = spec(BlockKind.PLAIN, groups);
    ComputationGraph plain = RepVggGraphs.build(plainSpec, DOUBLE);
    fuse(branches, searchSpec, plain);

    Reparameterization constants =
        new Reparameterization(plainSpec, SearchedScales.of(branches, searchSpec));
    GradientSource multiplied =
        new MultipliedGradient(GradientSource.ofGraph(plain), constants.multipliers(plain));
    GraphTrainer trainer =
        new GraphTrainer(
            plain,
            recipe(new UpdateRule.Sgd(momentum, nesterov, decay)),
            new HostEngine(multiplied));
    BranchSteps steps = new BranchSteps(branches, momentum, nesterov, decay);
    INDArray before = plain.params().dup();
    for (int step = 0; step < 4; step++) {
      INDArray features = random(step, 5, 3, 8, 8);
      INDArray targets = Nd4j.zeros(DataType.DOUBLE, 5, 3);
      for (int i = 0; i < 5; i++) {
        targets.putScalar(i, (i + step) % 3, 1);
      }
      trainer.step(features, targets);
      steps.step(features, targets);
      ComputationGraph fused = RepVggGraphs.build(plainSpec, DOUBLE);
      fuse(branches, searchSpec, fused);
      assertThat(Tolerance.maxRelDifference(trainer.graph().params(), fused.params()))
          .as("step %d", step)
          .isLessThan(1e-12);
    }
    assertThat(Tolerance.maxAbsDifference(plain.params(), before)).isGreaterThan(1e-3);
  }

  private static StepRecipe recipe(UpdateRule rule) {
    return StepRecipe.of(rule, new Schedule.Constant(RATE));
  }

  /** SGD as PyTorch defines it, on everything but the scales of the convolutions. */
  private static final class BranchSteps {
    private final ComputationGraph graph;
    private final double momentum;
    private final boolean nesterov;
    private final double decay;
    private final Map<String, INDArray> velocities = new HashMap<>();

    BranchSteps(ComputationGraph graph, double momentum, boolean nesterov, double decay) {
      this.graph = graph;
      this.momentum = momentum;
      this.nesterov = nesterov;
      this.decay = decay;
    }

    void step(INDArray features, INDArray targets) {
      graph.setInputs(features);
      graph.setLabels(targets);
      graph.computeGradientAndScore();
      INDArray flat = graph.getGradientsViewArray().dup();
      for (Layer layer : graph.getLayers()) {
        String name = layer.conf().getLayer().getLayerName();
        layer
            .paramTable()
            .forEach(
                (key, values) -> {
                  long from = values.offset() - graph.params().offset();
                  double[] numbers = flat.data().asDouble();
                  double[] own =
                      Arrays.copyOfRange(numbers, (int) from, (int) (from + values.length()));
                  INDArray gradient = Nd4j.createFromArray(own);
                  step(name, key, values, gradient.reshape(values.ordering(), values.shape()));
                });
      }
      graph.clearLayersStates();
    }

    private void step(String layer, String key, INDArray values, INDArray gradient) {
      if (key.equals("mean") || key.equals("var")) {
        values.subi(gradient);
        return;
      }
      if (layer.endsWith(".dense.scale") || layer.endsWith(".pointwise.scale")) {
        return;
      }
      INDArray update = gradient.div(5);
      if (key.equals("W")) {
        update.addi(values.mul(decay));
      }
      if (momentum > 0) {
        INDArray velocity = velocities.computeIfAbsent(layer + key, k -> Nd4j.zerosLike(values));
        velocity.muli(momentum).addi(update);
        update = nesterov ? update.add(velocity.mul(momentum)) : velocity;
      }
      values.subi(update.mul(RATE));
    }
  }

  private static void randomiseScales(ComputationGraph graph, RepVggSpec spec) {
    Random random = new Random(5);
    for (Layer layer : graph.getLayers()) {
      if (layer.conf().getLayer().getLayerName().endsWith(".scale")) {
        INDArray scale = layer.getParam("W");
        for (long i = 0; i < scale.length(); i++) {
          scale.putScalar(i, 0.3 + random.nextDouble());
        }
      }
    }
  }

  /** The kernels of the branches as one, all else as it is. */
  private static void fuse(ComputationGraph branches, RepVggSpec spec, ComputationGraph plain) {
    for (BlockSpec block : spec.blocks()) {
      String name = block.name();
      INDArray kernel = plain.getLayer(BlockNames.denseConv(name)).getParam("W");
      INDArray dense = branches.getLayer(BlockNames.denseConv(name)).getParam("W");
      INDArray pointwise = branches.getLayer(BlockNames.pointwiseConv(name)).getParam("W");
      INDArray s = branches.getLayer(name + ".dense.scale").getParam("W");
      INDArray t = branches.getLayer(name + ".pointwise.scale").getParam("W");
      for (long o = 0; o < kernel.size(0); o++) {
        for (long i = 0; i < kernel.size(1); i++) {
          for (long y = 0; y < 3; y++) {
            for (long x = 0; x < 3; x++) {
              double value = s.getDouble(o) * dense.getDouble(o, i, y, x);
              if (y == 1 && x == 1) {
                value += t.getDouble(o) * pointwise.getDouble(o, i, 0, 0);
                if (block.hasIdentity() && o % kernel.size(1) == i) {
                  value += branches.getLayer(name + ".identity.scale").getParam("W").getDouble(o);
                }
              }
              kernel.putScalar(new long[] {o, i, y, x}, value);
            }
          }
        }
      }
      for (String key : List.of("gamma", "beta", "mean", "var")) {
        plain
            .getLayer(BlockNames.denseBn(name))
            .getParam(key)
            .assign(branches.getLayer(BlockNames.bn(name)).getParam(key));
      }
    }
    for (String key : List.of("W", "b")) {
      plain
          .getLayer(BlockNames.LINEAR)
          .getParam(key)
          .assign(branches.getLayer(BlockNames.LINEAR).getParam(key));
    }
  }

  @Test
  void initialKernelsAreThoseOfTheBranchesAndFollowTheSeed() {
    RepVggSpec searchSpec = spec(BlockKind.REPOPT_SEARCH, 1);
    ComputationGraph branches = RepVggGraphs.build(searchSpec, DOUBLE);
    randomiseScales(branches, searchSpec);
    RepVggSpec plainSpec = spec(BlockKind.PLAIN, 1);
    SearchedScales scales = SearchedScales.of(branches, searchSpec);
    Reparameterization constants = new Reparameterization(plainSpec, scales);
    ComputationGraph drawn = RepVggGraphs.build(plainSpec, DOUBLE);
    ComputationGraph changed = RepVggGraphs.build(plainSpec, DOUBLE);
    constants.initialize(changed, 7);
    for (BlockSpec block : plainSpec.blocks()) {
      SearchedScales.Block own = scales.blocks().get(block.name());
      INDArray before = drawn.getLayer(BlockNames.denseConv(block.name())).getParam("W");
      INDArray after = changed.getLayer(BlockNames.denseConv(block.name())).getParam("W");
      double bound = 1 / Math.sqrt(block.in());
      double sum = 0;
      for (long o = 0; o < block.out(); o++) {
        for (long i = 0; i < block.in(); i++) {
          double s = own.dense()[(int) o];
          assertThat(after.getDouble(o, i, 0, 2)).isEqualTo(s * before.getDouble(o, i, 0, 2));
          double left = after.getDouble(o, i, 1, 1) - s * before.getDouble(o, i, 1, 1);
          if (own.identity().isPresent() && o == i) {
            left -= own.identity().get()[(int) o];
          }
          double pointwise = left / own.pointwise()[(int) o];
          assertThat(Math.abs(pointwise)).isLessThan(bound + 1e-12);
          sum += Math.abs(pointwise);
        }
      }
      assertThat(sum / (block.in() * block.out())).isBetween(0.3 * bound, 0.7 * bound);
    }
    ComputationGraph again = RepVggGraphs.build(plainSpec, DOUBLE);
    constants.initialize(again, 7);
    assertThat(again.params()).isEqualTo(changed.params());
  }

  @Test
  void otherBlocksAndOtherChannelsAreRefused() {
    RepVggSpec searchSpec = spec(BlockKind.REPOPT_SEARCH, 1);
    SearchedScales scales = SearchedScales.of(RepVggGraphs.build(searchSpec, DOUBLE), searchSpec);
    assertThatThrownBy(() -> new Reparameterization(spec(BlockKind.REPVGG, 1), scales))
        .hasMessage("reparameterize: needs blocks plain, got repvgg");
    RepVggSpec wider =
        RepVggSpec.of(List.of(2, 1, 2, 1), List.of(4, 8, 8, 8, 8), 3, InputShape.square(8))
            .withBlockOptions(BlockOptions.of(BlockKind.PLAIN));
    Reparameterization constants = new Reparameterization(wider, scales);
    assertThatThrownBy(() -> constants.multipliers(RepVggGraphs.build(wider, DOUBLE)))
        .hasMessage("stage1.block0: no scales of 8 channels were searched for it");
  }

  @Test
  void theSearchStartsWhereItsAuthorsStart() {
    RepVggSpec spec =
        RepVggSpec.of(List.of(4, 1, 1, 1), List.of(4, 4, 4, 4, 4), 3, InputShape.square(32))
            .withBlockOptions(BlockOptions.of(BlockKind.REPOPT_SEARCH));
    SearchedScales scales = SearchedScales.of(RepVggGraphs.build(spec, DOUBLE), spec);
    double[] expected = {1, Math.sqrt(2), 1, Math.sqrt(2.0 / 3)};
    for (int i = 0; i < 4; i++) {
      SearchedScales.Block block = scales.blocks().get("stage1.block" + i);
      assertThat(block.dense()).containsOnly(new double[] {expected[i]}, within(1e-12));
      assertThat(block.pointwise()).isEqualTo(block.dense());
      assertThat(block.identity().isPresent()).isEqualTo(i > 0);
      block.identity().ifPresent(u -> assertThat(u).containsOnly(1));
    }
  }

  private static INDArray random(long seed, long... shape) {
    Random random = new Random(seed);
    INDArray array = Nd4j.create(DataType.DOUBLE, shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, random.nextGaussian());
    }
    return array;
  }
}
