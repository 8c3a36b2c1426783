package io.github.repvgg4j.accelerate;

import io.github.repvgg4j.accelerate.helper.OneDnn;
import io.github.repvgg4j.accelerate.helper.OneDnnBatchNorm;
import io.github.repvgg4j.accelerate.helper.OneDnnConvolution;
import io.github.repvgg4j.layer.Cudnn;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
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
  List<Candidate> candidates(HelperSlot slot);

  /**
   * A kind of helper.
   *
   * @param type its class
   * @param make a new one for a layer
   */
  record Candidate(Class<? extends LayerHelper> type, Function<Layer, LayerHelper> make) {}

  /** Helpers on oneDNN where it can be loaded, then Deeplearning4j's own. */
  static HelperSource all() {
    Cudnn.avoid();
    if (OneDnn.obstacle().isPresent()) {
      return revived();
    }
    return slot -> Stream.concat(oneDnn(slot), revived().candidates(slot).stream()).toList();
  }

  private static Stream<Candidate> oneDnn(HelperSlot slot) {
    return switch (slot) {
      case CONVOLUTION ->
          Stream.of(
              new Candidate(
                  OneDnnConvolution.class,
                  layer -> new OneDnnConvolution(HelperSlot.outputKeeper(layer))));
      case BATCH_NORM ->
          Stream.of(new Candidate(OneDnnBatchNorm.class, layer -> new OneDnnBatchNorm()));
    };
  }

  /** Deeplearning4j's own helpers, which M2.1 ships and never starts. */
  static HelperSource revived() {
    return slot ->
        switch (slot) {
          case CONVOLUTION ->
              List.of(
                  new Candidate(
                      MKLDNNConvHelper.class, layer -> new MKLDNNConvHelper(DataType.FLOAT)));
          case BATCH_NORM ->
              List.of(
                  new Candidate(
                      MKLDNNBatchNormHelper.class,
                      layer -> new MKLDNNBatchNormHelper(DataType.FLOAT)));
        };
  }
}
