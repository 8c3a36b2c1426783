package io.github.repvgg4j.accelerate.helper;

import io.github.repvgg4j.array.RowMajor;
import io.github.repvgg4j.onednn.program.PlanCache;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.AlgoMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.BwdDataAlgo;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.BwdFilterAlgo;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.FwdAlgo;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution layer's helper: forward, gradient of the input and gradient of the weights, each a
 * oneDNN primitive kept from call to call, in the layout oneDNN prefers.
 *
 * <p>Derived from Deeplearning4j's helper because ConvolutionLayer passes "no bias" only to that
 * class. Belongs to one layer; not for concurrent use, as the layer itself is not.
 */
public final class OneDnnConvolution extends MKLDNNConvHelper {

  private final PlanCache<ConvolutionShape, ConvolutionPlan, RuntimeException> plans =
      new PlanCache<>(HelperPlan.KEPT, ConvolutionPlan::new);
  private final Consumer<INDArray> forBackward;
  private INDArray noBias;

  /**
   * @param forBackward told each output of a forward pass that lives in a workspace, and null for
   *     others, which would be kept from the garbage collector
   */
  public OneDnnConvolution(Consumer<INDArray> forBackward) {
    super(DataType.FLOAT);
    this.forBackward = forBackward;
  }

  @Override
  public boolean checkSupported() {
    return OneDnn.obstacle().isEmpty();
  }

  @Override
  public INDArray preOutput(
      INDArray input,
      INDArray weights,
      INDArray bias,
      int[] kernel,
      int[] strides,
      int[] pad,
      AlgoMode mode,
      FwdAlgo fwdAlgo,
      ConvolutionMode convolutionMode,
      int[] dilation,
      CNN2DFormat format,
      LayerWorkspaceMgr workspaces) {
    ConvolutionShape shape =
        ConvolutionShape.of(input, weights, strides, pad, dilation, convolutionMode, format);
    INDArray output =
        workspaces.createUninitialized(
            ArrayType.ACTIVATIONS, DataType.FLOAT, shape.outputShape(), 'c');
    INDArray source = RowMajor.of(input);
    INDArray kernels = RowMajor.of(weights);
    plans.use(shape, plan -> plan.forward().run(source, kernels, bias, output));
    forBackward.accept(output.isAttached() ? output : null);
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray input,
      INDArray weights,
      INDArray bias,
      INDArray delta,
      int[] kernel,
      int[] strides,
      int[] pad,
      INDArray biasGradView,
      INDArray weightGradView,
      IActivation afn,
      AlgoMode mode,
      BwdFilterAlgo bwdFilterAlgo,
      BwdDataAlgo bwdDataAlgo,
      ConvolutionMode convolutionMode,
      int[] dilation,
      CNN2DFormat format,
      LayerWorkspaceMgr workspaces) {
    ConvolutionShape shape =
        ConvolutionShape.of(input, weights, strides, pad, dilation, convolutionMode, format);
    INDArray epsilon = RowMajor.of(delta);
    INDArray biasGradient = biasGradView == null ? noBias(shape.outputs()) : biasGradView;
    INDArray source = RowMajor.of(input);
    INDArray kernels = RowMajor.of(weights);
    INDArray gradient =
        workspaces.createUninitialized(
            ArrayType.ACTIVATION_GRAD, DataType.FLOAT, input.shape(), 'c');
    plans.use(
        shape,
        plan -> {
          plan.backwardWeights().run(source, epsilon, weightGradView, biasGradient);
          plan.backwardData().run(kernels, epsilon, gradient);
        });

    Gradient gradients = new DefaultGradient();
    if (biasGradView != null) {
      gradients.setGradientFor(ConvolutionParamInitializer.BIAS_KEY, biasGradView);
    }
    gradients.setGradientFor(ConvolutionParamInitializer.WEIGHT_KEY, weightGradView, 'c');
    return new Pair<>(gradients, gradient);
  }

  private INDArray noBias(long outputs) {
    if (noBias == null) {
      try (var outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        noBias = Nd4j.create(DataType.FLOAT, outputs);
      }
    }
    return noBias;
  }
}
