package io.github.repvgg4j.layer;

import java.util.Arrays;
import java.util.Locale;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastAddOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Runtime of {@link SqueezeExcitation}. Not safe for use by several threads, as in DL4J. */
public final class SqueezeExcitationLayer extends BaseLayer<SqueezeExcitation> {

  private static final long serialVersionUID = 1L;

  /** Called by {@link SqueezeExcitation#instantiate}. */
  SqueezeExcitationLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  /** What one forward pass computes on the way to the gate; all {@code [N, channels]}. */
  private record Gate(INDArray means, INDArray hidden, INDArray gate) {}

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void setParams(INDArray params) {
    if (params != paramsFlattened) {
      setParams(params, 'c');
    }
  }

  /** Activations {@code [N, C, H, W]} in the layer's workspace. */
  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    applyDropOutIfNecessary(training, workspaces);
    INDArray images = checkedInput();
    INDArray out =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, images.shape(), 'c');
    scale(images, gate(images, training, workspaces).gate(), out);
    return out;
  }

  private INDArray checkedInput() {
    SqueezeExcitation conf = layerConf();
    if (input.rank() != 4 || input.size(1) != conf.getNIn()) {
      throw new DL4JInvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: needs input [N, %d, H, W], got %s",
              conf.label(),
              conf.getNIn(),
              Arrays.toString(input.shape())));
    }
    return input.castTo(dataType);
  }

  private Gate gate(INDArray images, boolean training, LayerWorkspaceMgr workspaces) {
    INDArray means = images.mean(2, 3);
    INDArray hidden =
        affine(
            means,
            getParamWithNoise(SqueezeExcitation.DOWN_WEIGHT, training, workspaces),
            getParamWithNoise(SqueezeExcitation.DOWN_BIAS, training, workspaces));
    Transforms.relu(hidden, false);
    INDArray gate =
        affine(
            hidden,
            getParamWithNoise(SqueezeExcitation.UP_WEIGHT, training, workspaces),
            getParamWithNoise(SqueezeExcitation.UP_BIAS, training, workspaces));
    Transforms.sigmoid(gate, false);
    return new Gate(means, hidden, gate);
  }

  /** {@code [N, in]}, {@code [out, in]}, {@code [out]} to {@code [N, out]}. */
  private static INDArray affine(INDArray rows, INDArray weights, INDArray bias) {
    return rows.mmul(weights.transpose()).addiRowVector(bias);
  }

  /** {@code out = images * factors}, with one factor a channel and example. */
  private static void scale(INDArray images, INDArray factors, INDArray out) {
    Nd4j.exec(new BroadcastMulOp(images, factors, out, 0, 1));
  }

  /**
   * Gradients are sums over the minibatch, as everywhere in DL4J.
   *
   * @param epsilon {@code [N, C, H, W]}, the loss's derivative by the output
   */
  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray images = checkedInput();
    INDArray outputGradient = epsilon.castTo(dataType);
    Gate forward = gate(images, true, workspaces);
    INDArray inputGradient =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, images.shape(), 'c');

    // The gate's own gradient first, with the array that will be returned as scratch.
    Nd4j.exec(new MulOp(images, outputGradient, inputGradient));
    INDArray slope = forward.gate().rsub(1).muli(forward.gate());
    INDArray upGradient = inputGradient.sum(2, 3).muli(slope);
    Gradient gradient = new DefaultGradient();
    INDArray hiddenGradient =
        affineBackward(
            gradient,
            forward.hidden(),
            upGradient,
            SqueezeExcitation.UP_WEIGHT,
            SqueezeExcitation.UP_BIAS,
            workspaces);
    hiddenGradient.muli(forward.hidden().gt(0).castTo(dataType));
    INDArray meansGradient =
        affineBackward(
            gradient,
            forward.means(),
            hiddenGradient,
            SqueezeExcitation.DOWN_WEIGHT,
            SqueezeExcitation.DOWN_BIAS,
            workspaces);

    scale(outputGradient, forward.gate(), inputGradient);
    meansGradient.divi(images.size(2) * images.size(3));
    Nd4j.exec(new BroadcastAddOp(inputGradient, meansGradient, inputGradient, 0, 1));
    weightNoiseParams.clear();
    return new Pair<>(gradient, backpropDropOutIfPresent(inputGradient));
  }

  /** Stores the gradients of one affine map and returns the gradient of its input. */
  private INDArray affineBackward(
      Gradient gradient,
      INDArray rows,
      INDArray outputGradient,
      String weightKey,
      String biasKey,
      LayerWorkspaceMgr workspaces) {
    INDArray weightGradient = gradientViews.get(weightKey);
    INDArray biasGradient = gradientViews.get(biasKey);
    weightGradient.assign(outputGradient.transpose().mmul(rows));
    outputGradient.sum(biasGradient, 0);
    gradient.setGradientFor(weightKey, weightGradient, 'c');
    gradient.setGradientFor(biasKey, biasGradient);
    return outputGradient.mmul(getParamWithNoise(weightKey, true, workspaces));
  }
}
