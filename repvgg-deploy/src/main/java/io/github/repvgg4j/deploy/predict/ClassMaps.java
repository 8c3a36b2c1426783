package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.answer.FeatureMap;
import io.github.repvgg4j.answer.LinearHead;
import io.github.repvgg4j.spec.InputShape;

/** What an engine knows of the places of an image that speak for a class. */
public interface ClassMaps {

  /** The linear layer behind the network's global average pooling. */
  LinearHead linear();

  /**
   * What that pooling reads of one image.
   *
   * @param image {@code [C, H, W]} in C order, prepared; not changed
   */
  FeatureMap features(float[] image, InputShape shape);
}
