package io.github.repvgg4j.layer;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
 * Squeeze-and-excitation (Hu et al., arXiv 1709.01507, section 3) as RepVGG-D2se has it: every
 * channel is multiplied by a gate computed from all channel means,
 *
 * <pre>gate = sigmoid(up.W relu(down.W mean(x) + down.b) + up.b),   y = x gate</pre>
 *
 * Activations {@code [N, C, H, W]} in and out. Parameters {@link #DOWN_WEIGHT} {@code [squeezed,
 * C]}, {@link #DOWN_BIAS} {@code [squeezed]}, {@link #UP_WEIGHT} {@code [C, squeezed]}, {@link
 * #UP_BIAS} {@code [C]}: PyTorch's 1x1 {@code Conv2d} kernels without their two axes of length 1.
 */
public final class SqueezeExcitation extends SlotLayer {

  private static final long serialVersionUID = 1L;

  /** Key of the weights {@code [squeezed, C]}. */
  public static final String DOWN_WEIGHT = "downW";

  /** Key of the bias {@code [squeezed]}. */
  public static final String DOWN_BIAS = "downB";

  /** Key of the weights {@code [C, squeezed]}. */
  public static final String UP_WEIGHT = "upW";

  /** Key of the bias {@code [C]}. */
  public static final String UP_BIAS = "upB";

  @JsonProperty private long squeezed;

  /** For JSON. */
  private SqueezeExcitation() {}

  private SqueezeExcitation(Builder builder) {
    super(builder);
    squeezed = builder.squeezed;
    nOut = nIn;
    initializeConstraints(builder);
  }

  /** Channels between the two linear maps. */
  public long getSqueezed() {
    return squeezed;
  }

  @Override
  List<ParameterSlot> slots() {
    return List.of(
        ParameterSlot.bias(DOWN_BIAS, squeezed),
        ParameterSlot.weight(DOWN_WEIGHT, new long[] {squeezed, nIn}, nIn, squeezed),
        ParameterSlot.bias(UP_BIAS, nIn),
        ParameterSlot.weight(UP_WEIGHT, new long[] {nIn, squeezed}, squeezed, nIn));
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> trainingListeners,
      int layerIndex,
      INDArray layerParamsView,
      boolean initializeParams,
      DataType networkDataType) {
    if (nIn <= 0) {
      throw new IllegalStateException(label() + ": nIn must be set; set it or use setInputType(s)");
    }
    SqueezeExcitationLayer layer = new SqueezeExcitationLayer(conf, networkDataType);
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
    return CnnInput.of(this, inputType);
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {
    InputTypeConvolutional input = CnnInput.of(this, inputType);
    if (nIn <= 0 || override) {
      nIn = input.getChannels();
      nOut = nIn;
    }
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
    return InputTypeUtil.getPreProcessorForInputTypeCnnLayers(inputType, getLayerName());
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType inputType) {
    long parameters = initializer().numParams(this);
    return new LayerMemoryReport.Builder(layerName, SqueezeExcitation.class, inputType, inputType)
        .standardMemory(parameters, getIUpdater().stateSize(parameters))
        .workingMemory(0, 0, MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SqueezeExcitation that
        && super.equals(that)
        && squeezed == that.squeezed;
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), squeezed);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "SqueezeExcitation(%s, %d -> %d -> %d)", layerName, nIn, squeezed, nIn);
  }

  /** Options; the channels follow from {@code nIn} or from the network's input type. */
  public static final class Builder extends FeedForwardLayer.Builder<Builder> {

    private final long squeezed;

    /**
     * @param squeezed channels between the two linear maps, at least 1 (RepVGG-D2se: C / 16)
     */
    public Builder(long squeezed) {
      if (squeezed < 1) {
        throw new IllegalArgumentException(
            "SqueezeExcitation: squeezed channels must be at least 1, got " + squeezed);
      }
      this.squeezed = squeezed;
      activation(Activation.IDENTITY);
    }

    @Override
    @SuppressWarnings("unchecked") // DL4J's signature: any subclass of its Layer
    public SqueezeExcitation build() {
      return new SqueezeExcitation(this);
    }
  }
}
