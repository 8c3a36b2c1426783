package io.github.repvgg4j.layer;

import java.util.Arrays;
import java.util.Locale;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runtime of {@link GroupedConvolution2D}. Not safe for use by several threads, as in DL4J. */
public final class GroupedConvolution2DLayer extends BaseLayer<GroupedConvolution2D> {

  private static final long serialVersionUID = 1L;

  /** Called by {@link GroupedConvolution2D#instantiate}. */
  GroupedConvolution2DLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  public Type type() {
    return Type.CONVOLUTIONAL;
  }

  @Override
  public boolean hasBias() {
    return layerConf().hasBias();
  }

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

  /** Activations {@code [N, out, H', W']} in the layer's workspace. */
  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    applyDropOutIfNecessary(training, workspaces);
    INDArray z = preActivation(training, ArrayType.ACTIVATIONS, workspaces);
    return layerConf().getActivationFn().getActivation(z, training);
  }

  private INDArray preActivation(boolean training, ArrayType memory, LayerWorkspaceMgr workspaces) {
    INDArray images = checkedInput();
    GroupedConvolution2D conf = layerConf();
    long[] size = conf.window().outputSize(images);
    INDArray out =
        workspaces.createUninitialized(
            memory, dataType, new long[] {images.size(0), conf.getNOut(), size[0], size[1]}, 'c');
    INDArray weights = getParamWithNoise(GroupedConvolution2D.WEIGHT_KEY, training, workspaces);
    INDArray bias =
        hasBias() ? getParamWithNoise(GroupedConvolution2D.BIAS_KEY, training, workspaces) : null;
    new GroupedKernel(conf.window(), conf.getGroups()).forward(images, weights, bias, out);
    return out;
  }

  private INDArray checkedInput() {
    GroupedConvolution2D conf = layerConf();
    if (input.rank() != 4 || input.size(1) != conf.getNIn()) {
      throw new DL4JInvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: needs input [N, %d, H, W], got %s",
              conf.label(),
              conf.getNIn(),
              Arrays.toString(input.shape())));
    }
    long[] size = conf.window().outputSize(input);
    if (size[0] < 1 || size[1] < 1) {
      throw new DL4JInvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: input %s is too small for %s",
              conf.label(),
              Arrays.toString(input.shape()),
              conf.window()));
    }
    return input.castTo(dataType);
  }

  /**
   * Gradients are sums over the minibatch, as everywhere in DL4J.
   *
   * @param epsilon {@code [N, out, H', W']}, the loss's derivative by the activations
   */
  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    GroupedConvolution2D conf = layerConf();
    INDArray images = checkedInput();
    INDArray delta = preActivationGradient(epsilon.castTo(dataType), workspaces);
    INDArray weights = getParamWithNoise(GroupedConvolution2D.WEIGHT_KEY, true, workspaces);
    INDArray weightGradient = gradientViews.get(GroupedConvolution2D.WEIGHT_KEY);
    INDArray inputGradient =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, images.shape(), 'c');
    new GroupedKernel(conf.window(), conf.getGroups())
        .backward(images, weights, delta, inputGradient, weightGradient);
    Gradient gradient = new DefaultGradient();
    if (hasBias()) {
      INDArray biasGradient = gradientViews.get(GroupedConvolution2D.BIAS_KEY);
      delta.sum(biasGradient, 0, 2, 3);
      gradient.setGradientFor(GroupedConvolution2D.BIAS_KEY, biasGradient);
    }
    gradient.setGradientFor(GroupedConvolution2D.WEIGHT_KEY, weightGradient, 'c');
    weightNoiseParams.clear();
    return new Pair<>(gradient, backpropDropOutIfPresent(inputGradient));
  }

  /** The identity, RepVGG's case, needs no second forward pass. */
  private INDArray preActivationGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    IActivation activation = layerConf().getActivationFn();
    if (activation instanceof ActivationIdentity) {
      return epsilon;
    }
    INDArray z = preActivation(true, ArrayType.BP_WORKING_MEM, workspaces);
    return activation.backprop(z, epsilon).getFirst();
  }

  @Override
  public Pair<INDArray, MaskState> feedForwardMaskArray(
      INDArray mask, MaskState state, int minibatchSize) {
    return new Pair<>(mask == null ? null : layerConf().window().reduceMask(mask), state);
  }
}
