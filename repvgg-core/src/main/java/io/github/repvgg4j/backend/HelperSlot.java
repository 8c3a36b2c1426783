package io.github.repvgg4j.backend;

import java.lang.reflect.Field;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.LayerHelper;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;

/**
 * The places of Deeplearning4j's layers that take a helper: the non-public field {@code helper}.
 * Deeplearning4j has no setter for it; as its classes live in the unnamed module, reflection needs
 * no {@code --add-opens}.
 */
enum HelperSlot {
  CONVOLUTION(ConvolutionLayer.class),
  BATCH_NORM(BatchNormalization.class);

  private final Class<? extends Layer> layerClass;
  private final Field helper;
  private final Field failures;

  HelperSlot(Class<? extends Layer> layerClass) {
    this.layerClass = layerClass;
    this.helper = field(layerClass, "helper");
    this.failures = field(layerClass, "helperCountFail");
  }

  private static Field field(Class<?> owner, String name) {
    try {
      Field field = owner.getDeclaredField(name);
      field.setAccessible(true);
      return field;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException(
          owner.getName()
              + "."
              + name
              + " can't be reached; this version of repvgg4j is made for Deeplearning4j 1.0.0-M2.1",
          e);
    }
  }

  /** The slot of this layer or of a layer derived from it; null where it has none. */
  static HelperSlot of(Layer layer) {
    for (HelperSlot slot : values()) {
      if (slot.layerClass.isInstance(layer)) {
        return slot;
      }
    }
    return null;
  }

  /** Whether the layer is of exactly the class whose arithmetic the helpers implement. */
  boolean fits(Layer layer) {
    return layer.getClass() == layerClass;
  }

  /** Null clears the slot: the layer then takes the stock path. */
  void set(Layer layer, LayerHelper value) {
    try {
      helper.set(layer, value);
      failures.setInt(layer, 0);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
