package io.github.repvgg4j.accelerate;

import java.lang.reflect.Field;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.layers.LayerHelper;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The places of Deeplearning4j's layers that take a helper: the non-public field {@code helper}.
 * Deeplearning4j has no setter for it; as its classes live in the unnamed module, reflection needs
 * no {@code --add-opens}.
 */
enum HelperSlot {
  CONVOLUTION(ConvolutionLayer.class),
  BATCH_NORM(BatchNormalization.class);

  private static final Field PRE_OUTPUT = field(AbstractLayer.class, "preOutput");

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

  /**
   * Takes a convolution's output for its backward pass, which would otherwise compute it again: the
   * layer asks its activation function for the gradient at that point. Only the identity leaves the
   * output as it is; other activations overwrite it.
   */
  static Consumer<INDArray> outputKeeper(Layer layer) {
    boolean kept =
        layer.conf().getLayer() instanceof BaseLayer base
            && base.getActivationFn() instanceof ActivationIdentity;
    return kept ? output -> write(PRE_OUTPUT, layer, output) : output -> {};
  }

  private static void write(Field field, Layer layer, Object value) {
    try {
      field.set(layer, value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How often the layer gave up on its helper and took the stock path instead. */
  int failures(Layer layer) {
    try {
      return failures.getInt(layer);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Null clears the slot: the layer then takes the stock path. */
  void set(Layer layer, LayerHelper value) {
    write(helper, layer, value);
    write(failures, layer, 0);
  }
}
