package io.github.repvgg4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NetworkTailTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(2, 4, 6, 1), List.of(16, 16, 16, 32, 48), 5, new InputShape(3, 19, 22))
          .withBlockOptions(new BlockOptions(2, true));

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4", "5"})
  void tailOnTheStagesOutputAnswersAsTheWholeAndSharesItsNumbers(int firstStage) {
    check(SPEC, firstStage);
  }

  @ParameterizedTest
  @EnumSource(BlockKind.class)
  void everyKindOfBlockHasTails(BlockKind kind) {
    check(SPEC.withBlockOptions(BlockOptions.of(kind)), 3);
  }

  private static void check(RepVggSpec spec, int firstStage) {
    ComputationGraph whole = RepVggGraphs.build(spec, GraphOptions.withSeed(4));
    RandomStatistics.fill(whole, 4);
    ComputationGraph tail = NetworkTail.of(whole, spec, firstStage);
    INDArray images = Nd4j.rand(DataType.FLOAT, 2, 3, 19, 22);
    int before = firstStage - 1;
    INDArray features =
        FeatureTaps.of(whole).outputs(whole, images.dup(), List.of(before)).get(before);
    InputShape shape = spec.outputOf(before);
    assertThat(features.shape())
        .containsExactly(2, shape.channels(), shape.height(), shape.width());
    Tolerance.EXACT.check(tail.outputSingle(features.dup()), whole.outputSingle(images.dup()));
    tail.params().addi(0.01);
    Tolerance.EXACT.check(tail.outputSingle(features.dup()), whole.outputSingle(images.dup()));
    assertThat(tail.numParams()).isLessThan(whole.numParams());
  }
}
