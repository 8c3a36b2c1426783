package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.load.ImageBatch;
import java.io.IOException;

/** Counts a network's answers, batch by batch. */
public interface TestSums {

  /**
   * Asks a network for its answers.
   *
   * @param averaging copies of each image whose answers are averaged
   */
  void add(TestNetwork network, ImageBatch batch, TestTimeAveraging averaging);

  /**
   * @throws NoUsableImagesException where no image was counted, or none by which classes can be
   *     told apart
   */
  Evaluation evaluation() throws IOException;
}
