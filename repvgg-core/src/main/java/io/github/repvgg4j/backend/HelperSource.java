package io.github.repvgg4j.backend;

import java.util.List;
import java.util.function.Supplier;
import org.deeplearning4j.nn.layers.LayerHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNBatchNormHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.nd4j.linalg.api.buffer.DataType;

/** Where helpers come from. */
interface HelperSource {

  /**
   * Helpers that could serve a layer, the preferred one first. A helper keeps state, so each layer
   * gets one of its own.
   */
  List<Supplier<LayerHelper>> candidates(HelperSlot slot);

  /** Deeplearning4j's own helpers, which M2.1 ships and never starts. */
  static HelperSource revived() {
    return slot ->
        switch (slot) {
          case CONVOLUTION -> List.of(() -> new MKLDNNConvHelper(DataType.FLOAT));
          case BATCH_NORM -> List.of(() -> new MKLDNNBatchNormHelper(DataType.FLOAT));
        };
  }
}
