package io.github.repvgg4j.layer;

import io.github.repvgg4j.layer.ParameterSlot.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Lays the parameters of a {@link SlotLayer} into DL4J's flat vectors, one after the other. */
final class SlotInitializer implements ParamInitializer {

  static final SlotInitializer INSTANCE = new SlotInitializer();

  private SlotInitializer() {}

  private static List<ParameterSlot> slots(Layer layer) {
    return ((SlotLayer) layer).slots();
  }

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return slots(layer).stream().mapToLong(ParameterSlot::length).sum();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return slots(layer).stream().map(ParameterSlot::key).toList();
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return keys(layer, Kind.WEIGHT);
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return keys(layer, Kind.BIAS);
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return weightKeys(layer).contains(key);
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return biasKeys(layer).contains(key);
  }

  private static List<String> keys(Layer layer, Kind kind) {
    return slots(layer).stream()
        .filter(slot -> slot.kind() == kind)
        .map(ParameterSlot::key)
        .toList();
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray paramsView, boolean initializeParams) {
    SlotLayer layer = (SlotLayer) conf.getLayer();
    Map<String, INDArray> params = views(layer, paramsView);
    for (ParameterSlot slot : layer.slots()) {
      conf.addVariable(slot.key());
      if (initializeParams) {
        fill(layer, slot, params.get(slot.key()));
      }
    }
    return params;
  }

  private static void fill(SlotLayer layer, ParameterSlot slot, INDArray view) {
    switch (slot.kind()) {
      case BIAS -> view.assign(layer.getBiasInit());
      case WEIGHT ->
          layer
              .getWeightInitFn()
              .init(slot.fanIn(), slot.fanOut(), slot.shape(), 'c', view.reshape(slot.length()));
    }
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray gradientView) {
    return views((SlotLayer) conf.getLayer(), gradientView);
  }

  private static Map<String, INDArray> views(SlotLayer layer, INDArray flat) {
    INDArray vector = flat.reshape(flat.length());
    Map<String, INDArray> views = new LinkedHashMap<>();
    long from = 0;
    for (ParameterSlot slot : layer.slots()) {
      long to = from + slot.length();
      views.put(slot.key(), vector.get(NDArrayIndex.interval(from, to)).reshape('c', slot.shape()));
      from = to;
    }
    return views;
  }
}
