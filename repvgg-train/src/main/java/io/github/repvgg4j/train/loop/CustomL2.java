package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.spec.BlockNames;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The custom L2 of RepVGG's reference implementation (repvgg.py, {@code get_custom_L2}): in place
 * of the decay of a block's kernels K3 (3x3) and K1 (1x1), a loss on the kernel that they fuse to,
 *
 * <pre>decay / 2 (sum of K3^2 off the centre + sum of (t3 K3centre + t1 K1)^2 / (t3^2 + t1^2))
 * </pre>
 *
 * with {@code t = gamma / sqrt(running variance + eps)} of each output channel, which the gradient
 * takes as constant. Where both t are 0 the centre costs nothing (the reference: 0 / 0).
 */
final class CustomL2 {

  private static final double SMALLEST = 1e-30;

  private final double decay;
  private final INDArray flat;
  private final List<Block> blocks = new ArrayList<>();

  /** Kernels {@code [out, in / groups, k, k]}, views of the parameters. */
  private record Block(INDArray dense, Norm denseNorm, INDArray pointwise, Norm pointwiseNorm) {}

  private record Norm(INDArray gamma, INDArray variance, double eps) {
    static Norm of(Layer layer) {
      BatchNormalization norm = (BatchNormalization) layer.conf().getLayer();
      return new Norm(layer.getParam("gamma"), layer.getParam("var"), norm.getEps());
    }

    /** {@code [out, 1]}. */
    INDArray scale() {
      INDArray std = Transforms.sqrt(variance.add(eps), false);
      return gamma.div(std).reshape(gamma.length(), 1);
    }
  }

  /**
   * @param graph training form, or the end of one
   * @param decay the optimizer's weight decay
   */
  CustomL2(ComputationGraph graph, double decay) {
    this.decay = decay;
    this.flat = graph.params();
    String suffix = BlockNames.denseConv("");
    for (Layer layer : graph.getLayers()) {
      String name = layer.conf().getLayer().getLayerName();
      if (name.endsWith(suffix)) {
        String block = name.substring(0, name.length() - suffix.length());
        blocks.add(
            new Block(
                layer.getParam("W"),
                Norm.of(graph.getLayer(BlockNames.denseBn(block))),
                graph.getLayer(BlockNames.pointwiseConv(block)).getParam("W"),
                Norm.of(graph.getLayer(BlockNames.pointwiseBn(block)))));
      }
    }
  }

  /** Whether this loss stands in place of the segment's weight decay. */
  static boolean replacesDecayOf(ParameterLayout.Segment segment) {
    return segment.layer().endsWith(BlockNames.denseConv(""))
        || segment.layer().endsWith(BlockNames.pointwiseConv(""));
  }

  /**
   * Adds its gradient.
   *
   * @param gradient {@code [1, P]}, mean over the batch
   */
  void addTo(INDArray gradient) {
    for (Block block : blocks) {
      INDArray t3 = block.denseNorm.scale();
      INDArray t1 = block.pointwiseNorm.scale();
      INDArray centre = centre(block.dense);
      INDArray sum = centre.mul(t3).addi(matrix(block.pointwise).mul(t1));
      sum.divi(Transforms.max(t3.mul(t3).addi(t1.mul(t1)), SMALLEST, false)).muli(decay);
      INDArray denseGradient = in(gradient, block.dense);
      INDArray centreGradient = centre(denseGradient);
      centreGradient.subi(centre.mul(decay)).addi(sum.mul(t3));
      denseGradient.addi(block.dense.mul(decay));
      matrix(in(gradient, block.pointwise)).addi(sum.muli(t1));
    }
  }

  /** The view of a gradient that belongs to a view of the parameters. */
  private INDArray in(INDArray gradient, INDArray view) {
    long offset = view.offset() - flat.offset();
    return gradient
        .get(NDArrayIndex.point(0), NDArrayIndex.interval(offset, offset + view.length()))
        .reshape('c', view.shape());
  }

  /** {@code [out, in / groups]}, a view. */
  private static INDArray centre(INDArray kernel) {
    return kernel.get(
        NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(1), NDArrayIndex.point(1));
  }

  private static INDArray matrix(INDArray pointwise) {
    return pointwise.reshape('c', pointwise.size(0), pointwise.size(1));
  }
}
