package io.github.repvgg4j.layer;

import java.util.List;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;

/** A layer configuration that lists its parameters; {@link SlotInitializer} does the rest. */
abstract class SlotLayer extends FeedForwardLayer {

  /** For JSON. */
  SlotLayer() {}

  SlotLayer(FeedForwardLayer.Builder<?> builder) {
    super(builder);
  }

  /** The parameters in the order of the flat vector. */
  abstract List<ParameterSlot> slots();

  @Override
  public ParamInitializer initializer() {
    return SlotInitializer.INSTANCE;
  }

  /** How this layer is called in error messages. */
  final String label() {
    return getClass().getSimpleName() + " \"" + getLayerName() + "\"";
  }
}
