package io.github.repvgg4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.Branches;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.TorchFixture;
import io.github.repvgg4j.train.optim.UpdateRule;
import java.util.List;
import java.util.OptionalLong;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class WhiteningTest {

  private static final double EPSILON = 5e-4;
  private static final String CONVOLUTION = "stage0.block0.dense.conv";
  private static final String NORM = "stage0.block0.dense.bn";

  @ParameterizedTest
  @CsvSource({"2, 24", "3, 54", "3, 16"})
  void filtersArePyTorchsEigenvectors(int patch, int width) {
    JsonNode expected = TorchFixture.recipe().path("whitening").path(Integer.toString(patch));
    ComputationGraph graph = graph(width);
    Whitening whitening = new Whitening(3, patch);
    long[] shape = {4, 3, 6, 7};
    float[] images = new float[4 * 3 * 6 * 7];
    for (int n = 0; n < images.length; n++) {
      images[n] = (float) Math.sin(0.7 * n + 0.01 * n * n);
    }
    whitening.add(images, shape);
    whitening.writeTo(graph, EPSILON);
    INDArray kernel = graph.getLayer(CONVOLUTION).getParam("W");
    for (int filter = 0; filter < width / 2; filter++) {
      JsonNode other = expected.path("filters").get(filter);
      int largest = largest(other);
      int first = 3 - patch;
      double sign = 0;
      for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < other.size(); i++) {
          int c = i / (patch * patch);
          int y = first + i % (patch * patch) / patch;
          int x = first + i % patch;
          double value = kernel.getDouble(filter, c, y, x);
          if (pass == 0 && i == largest) {
            sign = Math.signum(value * other.get(i).asDouble());
          } else if (pass == 1) {
            assertThat(value)
                .as("filter %d, %d", filter, i)
                .isCloseTo(sign * other.get(i).asDouble(), within(2e-4));
            assertThat(kernel.getDouble(filter + width / 2, c, y, x)).isEqualTo(-value);
          }
        }
      }
      if (patch == 2) {
        assertThat(kernel.getDouble(filter, 1, 0, 2)).isZero();
        assertThat(kernel.getDouble(filter, 1, 2, 0)).isZero();
      }
    }
  }

  private static int largest(JsonNode numbers) {
    int best = 0;
    for (int i = 0; i < numbers.size(); i++) {
      if (Math.abs(numbers.get(i).asDouble()) > Math.abs(numbers.get(best).asDouble())) {
        best = i;
      }
    }
    return best;
  }

  @ParameterizedTest
  @CsvSource({"sgd", "adamw", "muon"})
  void kernelAndGammaStayAndBetaMovesForAWhile(String type) {
    UpdateRule.Sgd sgd = new UpdateRule.Sgd(0.9, true, 0.1);
    UpdateRule rule =
        switch (type) {
          case "sgd" -> sgd;
          case "adamw" -> new UpdateRule.AdamW(0.9, 0.99, 1e-8, 0.1);
          default ->
              new UpdateRule.Muon(0.9, true, 3, 0.1, UpdateRule.Muon.KernelScale.UNIT, sgd, 1);
        };
    ComputationGraph graph = graph(8);
    StepRecipe recipe =
        StepRecipe.of(rule, new Schedule.Constant(0.1))
            .withRates(new StepRecipe.Rates(1, 2, OptionalLong.of(2)));
    INDArray kernel = graph.getLayer(CONVOLUTION).getParam("W");
    INDArray beta = graph.getLayer(NORM).getParam("beta");
    INDArray later = graph.getLayer("stage1.block0.dense.conv").getParam("W");
    INDArray kernelBefore = kernel.dup();
    GraphTrainer trainer = new GraphTrainer(graph, recipe);
    INDArray images = Nd4j.rand(DataType.FLOAT, 4, 3, 8, 8);
    INDArray targets = Nd4j.eye(4).castTo(DataType.FLOAT);
    INDArray betaBefore = beta.dup();
    for (int step = 1; step <= 4; step++) {
      INDArray laterBefore = later.dup();
      trainer.step(images, targets);
      assertThat(later).isNotEqualTo(laterBefore);
      assertThat(beta.equals(betaBefore)).as("beta in step %d", step).isEqualTo(step > 2);
      betaBefore = beta.dup();
    }
    assertThat(kernel).isEqualTo(kernelBefore);
    assertThat(graph.getLayer(NORM).getParam("gamma").minNumber().doubleValue()).isEqualTo(1);
    assertThat(graph.getLayer(NORM).getParam("mean").norm2Number().doubleValue()).isPositive();
  }

  @Test
  void moreFiltersThanPatchesGiveAreRefused() {
    Whitening whitening = new Whitening(3, 2);
    whitening.add(new float[3 * 4], new long[] {1, 3, 2, 2});
    assertThatThrownBy(() -> whitening.writeTo(graph(26), EPSILON))
        .hasMessage(
            "whitening: 1 patches of 12 numbers make an even number of filters, at most 24; 26 are"
                + " wanted");
  }

  private static ComputationGraph graph(int width) {
    RepVggSpec spec =
        RepVggSpec.of(List.of(1, 1, 1, 1), List.of(width, 8, 8, 8, 8), 4, new InputShape(3, 8, 8))
            .withStrides(List.of(1, 1, 1, 1, 1))
            .withBlockOptions(new RepVggSpec.BlockOptions(1, false, Branches.DENSE_ONLY));
    return RepVggGraphs.build(spec, GraphOptions.withSeed(1));
  }
}
