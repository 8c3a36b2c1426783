package io.github.repvgg4j.train.reparameterize;

import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.RepVggSpec;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Training a plain network as if each of its 3x3 kernels were a sum of branches with constant
 * scales (a CSLA block): {@code W = s W3 + t W1 + diag(u)} with W1 in the kernel's centre and u a
 * trained factor a channel. A step of stochastic gradient descent on W3, W1 and u, with momentum or
 * not, is the same as one on W alone whose gradient is multiplied, element by element, by
 *
 * <pre>s^2 + [centre] t^2 + [centre, own channel] 1
 * </pre>
 *
 * (RepOptimizer, arXiv 2205.15242, proposition 1 and section 3.2). Weight decay of W is added to
 * the multiplied gradient, which is what decaying W3, W1 and u comes to.
 */
public final class Reparameterization {

  private final RepVggSpec spec;
  private final SearchedScales scales;

  /**
   * @param spec of blocks {@link BlockKind#PLAIN}
   * @param scales searched on a network of the same depths, widths and strides
   */
  public Reparameterization(RepVggSpec spec, SearchedScales scales) {
    if (spec.blockOptions().kind() != BlockKind.PLAIN) {
      throw new IllegalArgumentException(
          "reparameterize: needs blocks plain, got " + spec.blockOptions().kind().label());
    }
    this.spec = spec;
    this.scales = scales;
  }

  /**
   * Makes the drawn kernels what fusing a freshly drawn CSLA network gives: W3 is the kernel that
   * stands there, W1 is drawn as PyTorch's {@code Conv2d} draws it, u is as searched.
   *
   * @param graph changed in place
   * @param seed of W1
   */
  public void initialize(ComputationGraph graph, long seed) {
    for (BlockSpec block : spec.blocks()) {
      SearchedScales.Block searched = scales.of(block);
      INDArray kernel = kernel(graph, block);
      double[] numbers = kernel.dup('c').data().asDouble();
      double bound = 1 / Math.sqrt(kernel.size(1));
      Random random = new Random(31 * seed + block.layerIndex());
      for (int i = 0; i < numbers.length; i++) {
        Tap tap = Tap.of(i, block);
        numbers[i] *= searched.dense()[tap.out];
        if (tap.isCentre) {
          double pointwise = bound * (2 * random.nextDouble() - 1);
          numbers[i] += searched.pointwise()[tap.out] * pointwise;
        }
        if (tap.isOwn && searched.identity().isPresent()) {
          numbers[i] += searched.identity().get()[tap.out];
        }
      }
      write(numbers, kernel);
    }
  }

  /** {@code [1, P]} of the graph's type: what the gradient is multiplied by; 1 elsewhere. */
  public INDArray multipliers(ComputationGraph graph) {
    INDArray all = Nd4j.ones(graph.params().dataType(), 1, graph.numParams());
    for (BlockSpec block : spec.blocks()) {
      SearchedScales.Block searched = scales.of(block);
      INDArray kernel = kernel(graph, block);
      double[] numbers = new double[Math.toIntExact(kernel.length())];
      for (int i = 0; i < numbers.length; i++) {
        Tap tap = Tap.of(i, block);
        numbers[i] = square(searched.dense()[tap.out]);
        if (tap.isCentre) {
          numbers[i] += square(searched.pointwise()[tap.out]);
        }
        if (tap.isOwn && searched.identity().isPresent()) {
          numbers[i] += 1;
        }
      }
      long from = kernel.offset() - graph.params().offset();
      write(
          numbers,
          all.get(NDArrayIndex.point(0), NDArrayIndex.interval(from, from + numbers.length)));
    }
    return all;
  }

  /**
   * Where a number of a kernel {@code [out, in / groups, 3, 3]} stands.
   *
   * @param out its output channel
   * @param isCentre whether it is seen by the pixel below it
   * @param isOwn whether it is the centre between a channel and itself
   */
  private record Tap(int out, boolean isCentre, boolean isOwn) {
    static Tap of(int number, BlockSpec block) {
      int area = block.kernel() * block.kernel();
      int inPerGroup = block.in() / block.groups();
      int out = number / (area * inPerGroup);
      boolean centre = number % area == area / 2;
      return new Tap(out, centre, centre && number / area % inPerGroup == out % inPerGroup);
    }
  }

  private static void write(double[] numbers, INDArray target) {
    INDArray typed = Nd4j.createFromArray(numbers).castTo(target.dataType());
    target.assign(typed.reshape('c', target.shape()));
  }

  private static double square(double value) {
    return value * value;
  }

  private static INDArray kernel(ComputationGraph graph, BlockSpec block) {
    return graph.getLayer(BlockNames.denseConv(block.name())).getParam("W");
  }
}
