package io.github.repvgg4j.accelerate.chain;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The two maps of squeeze-and-excitation between the images' means and their gates, and their
 * gradients. Small beside the convolutions, so ND4J's own operations do.
 */
final class GateMath {

  private final double pixels;
  private final INDArray means;
  private final INDArray gate;
  private final INDArray gateGradient;
  private final INDArray meansGradient;
  private final Affine down;
  private final Affine up;
  private INDArray hidden;

  /** {@code [N, in]} to {@code [N, out]}. */
  private record Affine(
      INDArray weights, INDArray bias, INDArray weightGradient, INDArray biasGradient) {

    static Affine of(ChainNode.Map map, INDArray parameters, INDArray gradient) {
      return new Affine(
          matrix(map, parameters),
          Ranges.of(parameters, map.bias()),
          matrix(map, gradient),
          Ranges.of(gradient, map.bias()));
    }

    private static INDArray matrix(ChainNode.Map map, INDArray flat) {
      return Ranges.of(flat, map.weights()).reshape('c', map.out(), map.in());
    }

    INDArray of(INDArray rows) {
      return rows.mmul(weights.transpose()).addiRowVector(bias);
    }

    /** Writes the map's own gradients; that of its input. */
    INDArray backward(INDArray rows, INDArray delta) {
      weightGradient.assign(delta.transpose().mmul(rows));
      biasGradient.assign(delta.sum(0));
      return delta.mmul(weights);
    }
  }

  /**
   * @param dims {@code [N, C, H, W]} of the images
   * @param parameters flat vector
   * @param gradient flat vector, written by {@link #backward}
   */
  GateMath(ChainNode.Gate node, long[] dims, INDArray parameters, INDArray gradient) {
    this.pixels = dims[2] * dims[3];
    this.means = Nd4j.create(DataType.FLOAT, dims[0], dims[1]);
    this.gate = Nd4j.create(DataType.FLOAT, dims[0], dims[1]);
    this.gateGradient = Nd4j.create(DataType.FLOAT, dims[0], dims[1]);
    this.meansGradient = Nd4j.create(DataType.FLOAT, dims[0], dims[1]);
    this.down = Affine.of(node.down(), parameters, gradient);
    this.up = Affine.of(node.up(), parameters, gradient);
  }

  /** {@code [N, C]} in C order, to be written before {@link #forward}. */
  INDArray means() {
    return means;
  }

  /** {@code [N, C]} in C order, written by {@link #forward}. */
  INDArray gate() {
    return gate;
  }

  /**
   * {@code [N, C]} in C order, to be written before {@link #backward}: the mean over an image's
   * pixels of the loss's derivative by the gate.
   */
  INDArray gateGradient() {
    return gateGradient;
  }

  /** {@code [N, C]} in C order, written by {@link #backward}. */
  INDArray meansGradient() {
    return meansGradient;
  }

  void forward() {
    hidden = Transforms.relu(down.of(means), false);
    gate.assign(Transforms.sigmoid(up.of(hidden), false));
  }

  void backward() {
    INDArray delta = gate.rsub(1).muli(gate).muli(gateGradient).muli(pixels);
    INDArray hiddenGradient = up.backward(hidden, delta);
    hiddenGradient.muli(hidden.gt(0).castTo(DataType.FLOAT));
    meansGradient.assign(down.backward(means, hiddenGradient));
  }
}
