package io.github.repvgg4j.rewrite;

import static io.github.repvgg4j.rewrite.Blocks.add;
import static io.github.repvgg4j.rewrite.Blocks.bn;
import static io.github.repvgg4j.rewrite.Blocks.conv;
import static io.github.repvgg4j.rewrite.Blocks.fuse;
import static io.github.repvgg4j.rewrite.Blocks.fuseToOne;
import static io.github.repvgg4j.rewrite.Blocks.graph;
import static io.github.repvgg4j.rewrite.Blocks.relu;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.rewrite.plan.Law;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;

class PaperBlocksTest {

  private static final int C = Blocks.CHANNELS;

  @Test
  void twoParallelConvolutionsAreOne() {
    fuseToOne(
        graph(
            b ->
                b.addLayer("a", conv(3), "x")
                    .addLayer("b", conv(3), "x")
                    .addVertex("y", add(), "a", "b")));
  }

  @Test
  void acNetKernelAndItsTwoStripesAreOne() {
    FusionResult result =
        fuseToOne(
            graph(
                b ->
                    b.addLayer("square", conv(3), "x")
                        .addLayer("square.bn", bn(), "square")
                        .addLayer("row", conv(1, 3, 1, 0, 1).build(), "x")
                        .addLayer("row.bn", bn(), "row")
                        .addLayer("column", conv(3, 1, 1, 1, 0).build(), "x")
                        .addLayer("column.bn", bn(), "column")
                        .addVertex("sum", add(), "square.bn", "row.bn", "column.bn")
                        .addLayer("y", relu(), "sum")));
    assertThat(result.fused().get(0).laws())
        .contains(Law.SUM, Law.EMBED, Law.CONV_BATCHNORM, Law.ACTIVATION);
  }

  @Test
  void diverseBranchBlockIsOne() {
    Layer average =
        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
            .kernelSize(3, 3)
            .stride(1, 1)
            .build();
    FusionResult result =
        fuseToOne(
            graph(
                b ->
                    b.addLayer("p1", conv(1), "x")
                        .addLayer("p1.bn", bn(), "p1")
                        // DBB pads before the 1x1, so that the border sees its shift
                        .addLayer("pad2", new ZeroPaddingLayer(1, 1, 1, 1), "x")
                        .addLayer("p2", conv(1), "pad2")
                        .addLayer("p2.bn", bn(), "p2")
                        .addLayer("k2", conv(3, 3, 1, 0, 0).build(), "p2.bn")
                        .addLayer("k2.bn", bn(), "k2")
                        .addLayer("pad3", new ZeroPaddingLayer(1, 1, 1, 1), "x")
                        .addLayer("p3", conv(1), "pad3")
                        .addLayer("p3.bn", bn(), "p3")
                        .addLayer("a3", average, "p3.bn")
                        .addLayer("a3.bn", bn(), "a3")
                        .addLayer("k4", conv(3), "x")
                        .addLayer("k4.bn", bn(), "k4")
                        .addVertex("sum", add(), "p1.bn", "k2.bn", "a3.bn", "k4.bn")
                        .addLayer("y", relu(), "sum")));
    assertThat(result.fused().get(0).laws())
        .contains(Law.CHAIN, Law.AVERAGE_POOL, Law.ZERO_PADDING);
  }

  @Test
  void repLkNetsLargeAndSmallKernelAreOne() {
    fuseToOne(
        graph(
            b ->
                b.addLayer("large", depthwise(7), "x")
                    .addLayer("large.bn", bn(), "large")
                    .addLayer("small", depthwise(3), "x")
                    .addLayer("small.bn", bn(), "small")
                    .addVertex("y", add(), "large.bn", "small.bn")));
  }

  private static DepthwiseConvolution2D depthwise(int kernel) {
    return new DepthwiseConvolution2D.Builder(kernel, kernel)
        .padding(kernel / 2, kernel / 2)
        .nIn(C)
        .nOut(C)
        .depthMultiplier(1)
        .activation(Activation.IDENTITY)
        .build();
  }

  @Test
  void mobileOneBranchesScaleAndSkipAreOneDepthwiseConvolution() {
    FusionResult result =
        fuseToOne(
            graph(
                b ->
                    b.addLayer("k1", depthwise(3), "x")
                        .addLayer("k1.bn", bn(), "k1")
                        .addLayer("k2", depthwise(3), "x")
                        .addLayer("k2.bn", bn(), "k2")
                        .addLayer("scale", depthwise(1), "x")
                        .addLayer("scale.bn", bn(), "scale")
                        .addLayer("skip.bn", bn(), "x")
                        .addVertex("sum", add(), "k1.bn", "k2.bn", "scale.bn", "skip.bn")
                        .addLayer("y", relu(), "sum")));
    assertThat(((MultiLayerNetwork) result.network()).getLayer(0).conf().getLayer())
        .isInstanceOf(DepthwiseConvolution2D.class);
  }

  @Test
  void groupedBranchesStayGroupedOrBecomeDenseOnRequest() {
    var graph =
        graph(
            b ->
                b.addLayer("k", grouped(3), "x")
                    .addLayer("k.bn", bn(), "k")
                    .addLayer("p", grouped(1), "x")
                    .addLayer("p.bn", bn(), "p")
                    .addLayer("id.bn", bn(), "x")
                    .addVertex("sum", add(), "k.bn", "p.bn", "id.bn")
                    .addLayer("y", relu(), "sum"));
    FusionResult result = fuseToOne(graph);
    Layer layer = ((MultiLayerNetwork) result.network()).getLayer(0).conf().getLayer();
    assertThat(((GroupedConvolution2D) layer).getGroups()).isEqualTo(2);
    FusionResult portable = fuse(graph, FuseOptions.DEFAULT.portable(), 8, 9);
    assertThat(((MultiLayerNetwork) portable.network()).getLayer(0).conf().getLayer().getClass())
        .isEqualTo(ConvolutionLayer.class);
  }

  private static Layer grouped(int kernel) {
    return new GroupedConvolution2D.Builder(kernel, kernel)
        .groups(2)
        .padding(kernel / 2, kernel / 2)
        .nIn(C)
        .nOut(C)
        .hasBias(false)
        .activation(Activation.IDENTITY)
        .build();
  }

  @Test
  void qaRepVggsBatchNormAfterTheSumIsFoldedToo() {
    fuseToOne(
        graph(
            b ->
                b.addLayer("k", conv(3), "x")
                    .addLayer("k.bn", bn(), "k")
                    .addLayer("p", conv(1), "x")
                    .addVertex("sum", add(), "k.bn", "p", "x")
                    .addLayer("sum.bn", bn(), "sum")
                    .addLayer("y", relu(), "sum.bn")));
  }

  @Test
  void resNetBlockKeepsItsSkipAcrossTheRelu() {
    FusionResult result =
        fuse(
            graph(
                b ->
                    b.addLayer("c1", conv(3), "x")
                        .addLayer("b1", bn(), "c1")
                        .addLayer("r1", relu(), "b1")
                        .addLayer("c2", conv(3), "r1")
                        .addLayer("b2", bn(), "c2")
                        .addVertex("sum", add(), "b2", "x")
                        .addLayer("y", relu(), "sum")),
            FuseOptions.DEFAULT,
            8,
            9);
    assertThat(result.fused()).extracting(RegionOutcome.Fused::name).containsExactly("r1", "b2");
    assertThat(result.refused())
        .singleElement()
        .satisfies(
            r -> {
              assertThat(r.place()).isEqualTo("sum");
              assertThat(r.reason()).contains("'r1' (behind an activation)").contains("'x'");
            });
  }
}
