package io.github.repvgg4j.rewrite;

import static io.github.repvgg4j.rewrite.Blocks.add;
import static io.github.repvgg4j.rewrite.Blocks.bn;
import static io.github.repvgg4j.rewrite.Blocks.conv;
import static io.github.repvgg4j.rewrite.Blocks.graph;
import static io.github.repvgg4j.rewrite.Blocks.same;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.testkit.Tolerance;
import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** DL4J carries the mask of an image over a fused network as over the original. */
class MasksTest {

  private static final int SIDE = 6;

  private static UnaryOperator<GraphBuilder> explicitPadding() {
    return b -> b.addLayer("c", conv(3), "x").addLayer("n", bn(), "c");
  }

  private static UnaryOperator<GraphBuilder> samePadding() {
    return b -> b.addLayer("c", same(3, 1), "x").addLayer("n", bn(), "c");
  }

  private static UnaryOperator<GraphBuilder> samePaddingAtStrideTwo() {
    return b -> b.addLayer("c", same(3, 2), "x").addLayer("n", bn(), "c");
  }

  private static UnaryOperator<GraphBuilder> explicitPaddingAtStrideTwo() {
    return b -> b.addLayer("c", conv(3, 3, 2, 1, 1).build(), "x").addLayer("n", bn(), "c");
  }

  private static UnaryOperator<GraphBuilder> repVggBlock() {
    return b ->
        b.addLayer("k", conv(3), "x")
            .addLayer("k.bn", bn(), "k")
            .addLayer("p", conv(1), "x")
            .addLayer("p.bn", bn(), "p")
            .addLayer("i.bn", bn(), "x")
            .addVertex("n", add(), "k.bn", "p.bn", "i.bn");
  }

  private static List<UnaryOperator<GraphBuilder>> regions() {
    return List.of(
        explicitPadding(),
        samePadding(),
        samePaddingAtStrideTwo(),
        explicitPaddingAtStrideTwo(),
        repVggBlock());
  }

  @ParameterizedTest
  @MethodSource("regions")
  void maskedPoolingBehindARegionSeesTheSamePixels(UnaryOperator<GraphBuilder> region) {
    ComputationGraph original = pooled(region);
    FusionResult result = GraphFuser.fuse(original, FuseOptions.DEFAULT.strict());
    assertThat(result.fused()).hasSize(1);
    check(original, result.network());
  }

  @Test
  void graphThatStaysAGraphCarriesMasksToo() {
    ComputationGraph original =
        graph(
            b ->
                repVggBlock()
                    .apply(b)
                    .addLayer("r", Blocks.relu(), "n")
                    .addVertex("s", add(), "r", "x")
                    .addLayer("y", new GlobalPoolingLayer(PoolingType.MAX), "s"));
    FusionResult result = GraphFuser.fuse(original);
    assertThat(result.network()).isInstanceOf(ComputationGraph.class);
    assertThat(result.fused()).hasSize(1);
    check(original, result.network());
  }

  @Test
  void branchesThatTreatMasksDifferentlyAreRefusedOnlyWhereMasksAreRead() {
    UnaryOperator<GraphBuilder> branches =
        b ->
            b.addLayer("a", same(5, 1), "x")
                .addLayer("b", conv(3), "x")
                .addVertex("n", add(), "a", "b");
    FusionResult refused = GraphFuser.fuse(pooled(branches));
    assertThat(refused.fused()).isEmpty();
    assertThat(refused.refused())
        .anySatisfy(r -> assertThat(r.text()).startsWith("refused n: a layer further on reads"));
    check(pooled(branches), refused.network());
    FusionResult fused =
        GraphFuser.fuse(graph(b -> branches.apply(b).addLayer("y", Blocks.relu(), "n")));
    assertThat(fused.fused()).hasSize(1);
  }

  private static ComputationGraph pooled(UnaryOperator<GraphBuilder> region) {
    return graph(b -> region.apply(b).addLayer("y", new GlobalPoolingLayer(PoolingType.MAX), "n"));
  }

  private static void check(Model original, Model fused) {
    Nd4j.getRandom().setSeed(9);
    INDArray x = Nd4j.randn(DataType.DOUBLE, 2, Blocks.CHANNELS, SIDE, SIDE);
    INDArray all = output(original, x, Nd4j.ones(DataType.DOUBLE, 2, 1, SIDE, 1));
    INDArray some = output(original, x, firstRowOfTheSecondImage());
    assertThat(Tolerance.maxRelDifference(all, some)).isGreaterThan(0.01);
    Tolerance.FLOAT64.check(output(fused, x, firstRowOfTheSecondImage()), some);
  }

  /** All of the first image, the first row of the second. */
  private static INDArray firstRowOfTheSecondImage() {
    INDArray mask = Nd4j.ones(DataType.DOUBLE, 2, 1, SIDE, 1);
    mask.get(
            NDArrayIndex.point(1),
            NDArrayIndex.all(),
            NDArrayIndex.interval(1, SIDE),
            NDArrayIndex.all())
        .assign(0);
    return mask;
  }

  private static INDArray output(Model model, INDArray x, INDArray mask) {
    return model instanceof ComputationGraph graph
        ? graph.output(false, new INDArray[] {x.dup()}, new INDArray[] {mask})[0]
        : ((MultiLayerNetwork) model).output(x.dup(), false, mask, null);
  }
}
