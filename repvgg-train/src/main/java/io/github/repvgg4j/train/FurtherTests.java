package io.github.repvgg4j.train;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * What model.zip was tested for once, at the end; nothing is chosen by it.
 *
 * @param top1Averaged test accuracy with several copies of each image averaged, if that was asked
 * @param finalTop1 accuracy on {@code test}, where the best epoch was chosen by {@code val}
 */
record FurtherTests(OptionalDouble top1Averaged, OptionalDouble finalTop1) {

  /** Adds what there is to the content of {@code result.json}. */
  void addTo(Map<String, Object> json) {
    top1Averaged.ifPresent(top1 -> json.put("top1Averaged", top1));
    finalTop1.ifPresent(top1 -> json.put("finalTop1", top1));
  }
}
