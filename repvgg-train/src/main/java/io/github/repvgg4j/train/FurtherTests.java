package io.github.repvgg4j.train;

import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.train.run.Measure;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What model.zip was tested for once, at the end; nothing is chosen by it.
 *
 * @param measure of both
 * @param averaged with several copies of each test image averaged, if that was asked
 * @param last on {@code test}, where the best epoch was chosen by {@code val}
 */
record FurtherTests(Measure measure, OptionalDouble averaged, OptionalDouble last) {

  /** How long they take, in tests of an epoch. */
  static double length(TestTimeAveraging averaging, StepSource.Images images) {
    int copies = averaging == TestTimeAveraging.NONE ? 0 : averaging.passes();
    return copies + (double) images.finalTest() / Math.max(1, images.test().size());
  }

  /** Adds what there is to the content of {@code result.json}. */
  void addTo(Map<String, Object> json) {
    averaged.ifPresent(score -> json.put(measure.key() + "Averaged", score));
    last.ifPresent(score -> json.put(measure.finalKey(), score));
  }
}
