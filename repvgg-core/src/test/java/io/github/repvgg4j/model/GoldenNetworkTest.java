package io.github.repvgg4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.Golden;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.weights.WeightFiles;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Grouped and squeeze-and-excitation networks against PyTorch's answers. */
class GoldenNetworkTest {

  @ParameterizedTest
  @EnumSource(
      value = Golden.class,
      names = {"GROUPED_G2", "GROUPED_G4", "SQUEEZE_EXCITATION"})
  void trainingFormAnswersLikeTheReference(Golden golden) throws IOException {
    RepVggSpec spec = spec(golden);
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(1));
    Map<String, Tensor> tensors = new LinkedHashMap<>(WeightFiles.load(golden.weights()).tensors());
    tensors.keySet().removeIf(key -> key.endsWith("num_batches_tracked"));
    for (BlockSpec block : spec.blocks()) {
      fill(graph, block, tensors);
    }
    INDArray linear = take(tensors, "linear.weight");
    graph.getLayer(BlockNames.LINEAR).setParam("W", linear.transpose());
    graph.getLayer(BlockNames.LINEAR).setParam("b", take(tensors, "linear.bias"));
    assertThat(tensors).isEmpty();

    INDArray logits = Logits.of(graph, golden.array("input.npy"));
    INDArray expected = golden.array("logits.npy");
    System.out.printf(
        "%s: logits differ by %.1e%n", golden, Tolerance.maxAbsDifference(logits, expected));
    Tolerance.REFERENCE_LOGITS.check(logits, expected);
  }

  /** As {@code case.json} of each golden says. */
  private static RepVggSpec spec(Golden golden) {
    List<Integer> grouped = List.of(2, 2, 2, 1);
    InputShape input = InputShape.square(32);
    RepVggSpec narrow = RepVggSpec.of(grouped, List.of(16, 16, 32, 64, 128), 10, input);
    return switch (golden) {
      case GROUPED_G2 -> narrow.withBlockOptions(new BlockOptions(2, false));
      case GROUPED_G4 -> narrow.withBlockOptions(new BlockOptions(4, false));
      case SQUEEZE_EXCITATION ->
          RepVggSpec.of(List.of(1, 2, 2, 1), List.of(32, 32, 32, 64, 128), 10, input)
              .withBlockOptions(new BlockOptions(1, true));
      default -> throw new IllegalArgumentException(golden.name());
    };
  }

  private static void fill(ComputationGraph graph, BlockSpec block, Map<String, Tensor> tensors)
      throws IOException {
    String name = block.name();
    String prefix = block.stage() == 0 ? "stage0." : name.replace(".block", ".") + ".";
    convolution(graph, BlockNames.denseConv(name), tensors, prefix + "rbr_dense.conv.");
    batchNorm(graph, BlockNames.denseBn(name), tensors, prefix + "rbr_dense.bn.");
    convolution(graph, BlockNames.pointwiseConv(name), tensors, prefix + "rbr_1x1.conv.");
    batchNorm(graph, BlockNames.pointwiseBn(name), tensors, prefix + "rbr_1x1.bn.");
    if (block.hasIdentity()) {
      batchNorm(graph, BlockNames.identityBn(name), tensors, prefix + "rbr_identity.");
    }
    if (block.squeezeExcitation()) {
      Layer gate = graph.getLayer(BlockNames.squeezeExcitation(name));
      set(gate, "downW", take(tensors, prefix + "se.down.weight"));
      set(gate, "downB", take(tensors, prefix + "se.down.bias"));
      set(gate, "upW", take(tensors, prefix + "se.up.weight"));
      set(gate, "upB", take(tensors, prefix + "se.up.bias"));
    }
  }

  private static void convolution(
      ComputationGraph graph, String layer, Map<String, Tensor> tensors, String prefix)
      throws IOException {
    set(graph.getLayer(layer), "W", take(tensors, prefix + "weight"));
  }

  private static void batchNorm(
      ComputationGraph graph, String layer, Map<String, Tensor> tensors, String prefix)
      throws IOException {
    Layer norm = graph.getLayer(layer);
    set(norm, "gamma", take(tensors, prefix + "weight"));
    set(norm, "beta", take(tensors, prefix + "bias"));
    set(norm, "mean", take(tensors, prefix + "running_mean"));
    set(norm, "var", take(tensors, prefix + "running_var"));
  }

  private static void set(Layer layer, String key, INDArray values) {
    layer.setParam(key, values.reshape('c', layer.getParam(key).shape()));
  }

  private static INDArray take(Map<String, Tensor> tensors, String name) throws IOException {
    Tensor tensor = tensors.remove(name);
    assertThat(tensor).as(name).isNotNull();
    return Nd4j.create(tensor.floats(), tensor.shapeArray(), 'c');
  }
}
