package io.github.repvgg4j.train.config;

import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;

/**
 * A first convolution that whitens patches of the images and is not trained.
 *
 * @param patch side of a patch, pixels
 * @param images training images that are looked at, without augmentation
 * @param epsilon added to the eigenvalues
 * @param biasEpochs for which its BatchNorm's beta is trained
 */
public record WhiteningConfig(
    @Limit(min = 2, max = 3) Integer patch,
    @Limit(min = 1) Integer images,
    @Limit(above = 0) Double epsilon,
    @Limit(min = 0) Double biasEpochs) {

  private static final Limits LIMITS = Limits.of(WhiteningConfig.class);

  public WhiteningConfig {
    patch = LIMITS.value("patch", patch, 3);
    images = LIMITS.value("images", images, 5000);
    epsilon = LIMITS.value("epsilon", epsilon, 5e-4);
    biasEpochs = LIMITS.value("biasEpochs", biasEpochs, 3.0);
  }
}
