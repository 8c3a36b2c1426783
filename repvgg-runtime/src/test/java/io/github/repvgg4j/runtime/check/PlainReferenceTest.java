package io.github.repvgg4j.runtime.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.runtime.ArrayNetwork;
import io.github.repvgg4j.runtime.FusedNetworks;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.source.MemorySource;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;

class PlainReferenceTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 2, 1), List.of(16, 16, 32, 32, 64), 10, InputShape.square(32));

  @Test
  void loopsInJavaAreDeeplearning4js() throws Exception {
    RepVggSpec gated =
        SPEC.withBlockOptions(new BlockOptions(4, true)).withStrides(List.of(1, 2, 1, 2, 2));
    RepVggSpec depthwise = SPEC.withBlockOptions(BlockOptions.of(BlockKind.MOBILEONE));
    ComputationGraph branches = RepVggGraphs.build(depthwise, GraphOptions.withSeed(5));
    RandomStatistics.fill(branches, 6);
    for (MultiLayerNetwork network :
        List.of(
            FusedNetworks.of(SPEC, 3),
            FusedNetworks.of(gated, 3),
            (MultiLayerNetwork) GraphFuser.fuse(branches).network())) {
      InputShape shape = new InputShape(3, 33, 30);
      Probe expected = ArrayNetwork.probe(network, 4, shape, 2);
      MemorySource source = new MemorySource(ArrayNetwork.parts(network, shape, Optional.empty()));
      FastGraph graph = ConfigurationReader.read(source.configuration());
      float[] actual =
          PlainReference.read(graph, source.parameters()).logits(expected.values(), shape);
      assertThat(expected.difference(actual)).isBetween(1e-9, 1e-5);
    }
  }
}
