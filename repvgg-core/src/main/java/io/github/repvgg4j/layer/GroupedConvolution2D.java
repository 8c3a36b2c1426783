package io.github.repvgg4j.layer;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.InputTypeUtil;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A 2d convolution in groups: output channel {@code o} of {@code out} sees only the input channels
 * of its group {@code o / (out / groups)}. One group is an ordinary convolution.
 *
 * <p>Activations {@code [N, C, H, W]}; parameter {@code W [out, in / groups, kH, kW]} in C order,
 * as PyTorch's {@code Conv2d} keeps it, and {@code b [out]} if there is a bias; in the flat vector
 * the bias comes first, as in DL4J's {@code ConvolutionLayer}. Padding is explicit and symmetric
 * ({@code ConvolutionMode.Truncate}); other modes do not exist here. It is no subclass of DL4J's
 * {@code ConvolutionLayer}, so that code which knows only ungrouped kernels never mistakes it.
 */
public final class GroupedConvolution2D extends SlotLayer {

  private static final long serialVersionUID = 1L;

  /** Key of the weights. */
  public static final String WEIGHT_KEY = "W";

  /** Key of the bias. */
  public static final String BIAS_KEY = "b";

  @JsonProperty private int groups = 1;
  @JsonProperty private boolean hasBias = true;
  @JsonProperty private int[] kernelSize = {3, 3};
  @JsonProperty private int[] stride = {1, 1};
  @JsonProperty private int[] padding = {0, 0};
  @JsonProperty private int[] dilation = {1, 1};

  /** For JSON. */
  private GroupedConvolution2D() {}

  private GroupedConvolution2D(Builder builder) {
    super(builder);
    groups = builder.groups;
    hasBias = builder.hasBias;
    kernelSize = builder.kernelSize;
    stride = builder.stride;
    padding = builder.padding;
    dilation = builder.dilation;
    initializeConstraints(builder);
    checkGroups();
  }

  public int getGroups() {
    return groups;
  }

  public boolean hasBias() {
    return hasBias;
  }

  /** {@code {height, width}}. */
  public int[] getKernelSize() {
    return kernelSize.clone();
  }

  /** {@code {height, width}}. */
  public int[] getStride() {
    return stride.clone();
  }

  /** {@code {height, width}}, added on both sides. */
  public int[] getPadding() {
    return padding.clone();
  }

  /** {@code {height, width}}. */
  public int[] getDilation() {
    return dilation.clone();
  }

  ConvolutionWindow window() {
    return new ConvolutionWindow(kernelSize, stride, padding, dilation);
  }

  private void checkGroups() {
    if (groups < 1 || nIn % groups != 0 || nOut % groups != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: groups must be at least 1 and divide the channels, got %d -> %d in %d groups",
              label(),
              nIn,
              nOut,
              groups));
    }
  }

  @Override
  List<ParameterSlot> slots() {
    long area = (long) kernelSize[0] * kernelSize[1];
    long[] shape = {nOut, nIn / groups, kernelSize[0], kernelSize[1]};
    double fanIn = (double) nIn / groups * area;
    double fanOut = (double) nOut / groups * area / ((double) stride[0] * stride[1]);
    ParameterSlot weight = ParameterSlot.weight(WEIGHT_KEY, shape, fanIn, fanOut);
    return hasBias ? List.of(ParameterSlot.bias(BIAS_KEY, nOut), weight) : List.of(weight);
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> trainingListeners,
      int layerIndex,
      INDArray layerParamsView,
      boolean initializeParams,
      DataType networkDataType) {
    if (nIn <= 0 || nOut <= 0) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%s: nIn and nOut must be set, got %d -> %d; set them or use setInputType(s)",
              label(),
              nIn,
              nOut));
    }
    checkGroups();
    GroupedConvolution2DLayer layer = new GroupedConvolution2DLayer(conf, networkDataType);
    layer.setListeners(trainingListeners);
    layer.setIndex(layerIndex);
    layer.setParamsViewArray(layerParamsView);
    Map<String, INDArray> params = initializer().init(conf, layerParamsView, initializeParams);
    layer.setParamTable(params);
    layer.setConf(conf);
    return layer;
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    InputTypeConvolutional input = CnnInput.of(this, inputType);
    ConvolutionWindow window = window();
    long height = window.outputSize(0, input.getHeight());
    long width = window.outputSize(1, input.getWidth());
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: input %d x %d is too small for %s",
              label(),
              input.getHeight(),
              input.getWidth(),
              window));
    }
    return InputType.convolutional(height, width, nOut, CNN2DFormat.NCHW);
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {
    InputTypeConvolutional input = CnnInput.of(this, inputType);
    if (nIn <= 0 || override) {
      nIn = input.getChannels();
    }
    checkGroups();
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
    return InputTypeUtil.getPreProcessorForInputTypeCnnLayers(inputType, getLayerName());
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType inputType) {
    long parameters = initializer().numParams(this);
    return new LayerMemoryReport.Builder(
            layerName, GroupedConvolution2D.class, inputType, getOutputType(-1, inputType))
        .standardMemory(parameters, getIUpdater().stateSize(parameters))
        .workingMemory(0, 0, MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupedConvolution2D that
        && super.equals(that)
        && groups == that.groups
        && hasBias == that.hasBias
        && Arrays.equals(kernelSize, that.kernelSize)
        && Arrays.equals(stride, that.stride)
        && Arrays.equals(padding, that.padding)
        && Arrays.equals(dilation, that.dilation);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), groups, hasBias, Arrays.hashCode(kernelSize));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "GroupedConvolution2D(%s, %d -> %d, groups %d, %s, bias %s, %s)",
        layerName,
        nIn,
        nOut,
        groups,
        window(),
        hasBias,
        activationFn);
  }

  /** Options; kernel 3x3, stride 1, no padding, one group, bias and identity unless told. */
  public static final class Builder extends FeedForwardLayer.Builder<Builder> {

    private int groups = 1;
    private boolean hasBias = true;
    private int[] kernelSize;
    private int[] stride = {1, 1};
    private int[] padding = {0, 0};
    private int[] dilation = {1, 1};

    /**
     * @param kernelHeight rows, at least 1
     * @param kernelWidth columns, at least 1
     */
    public Builder(int kernelHeight, int kernelWidth) {
      kernelSize = pair("kernel", 1, kernelHeight, kernelWidth);
      activation(Activation.IDENTITY);
    }

    public Builder groups(int count) {
      groups = count;
      return this;
    }

    public Builder hasBias(boolean bias) {
      hasBias = bias;
      return this;
    }

    public Builder stride(int height, int width) {
      stride = pair("stride", 1, height, width);
      return this;
    }

    public Builder padding(int height, int width) {
      padding = pair("padding", 0, height, width);
      return this;
    }

    public Builder dilation(int height, int width) {
      dilation = pair("dilation", 1, height, width);
      return this;
    }

    private static int[] pair(String what, int least, int height, int width) {
      if (height < least || width < least) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "GroupedConvolution2D: %s must be at least %d, got %d x %d",
                what,
                least,
                height,
                width));
      }
      return new int[] {height, width};
    }

    @Override
    @SuppressWarnings("unchecked") // DL4J's signature: any subclass of its Layer
    public GroupedConvolution2D build() {
      return new GroupedConvolution2D(this);
    }
  }
}
