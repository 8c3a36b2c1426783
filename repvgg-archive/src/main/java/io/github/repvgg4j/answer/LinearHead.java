package io.github.repvgg4j.answer;

/**
 * The linear layer behind a global average pooling: {@code logit_c = bias_c + Σ_k weight_ck mean
 * f_k}.
 *
 * @param classes logits of an image
 * @param weights {@code [classes, channels]} in C order; not copied
 * @param bias {@code [classes]}; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record LinearHead(int classes, float[] weights, float[] bias) {

  /**
   * @throws IllegalArgumentException where the lengths do not fit each other
   */
  public LinearHead {
    if (classes < 1
        || bias.length != classes
        || weights.length == 0
        || weights.length % classes != 0) {
      throw new IllegalArgumentException(
          "linear layer: "
              + weights.length
              + " weights and "
              + bias.length
              + " biases are not those of "
              + classes
              + " classes");
    }
  }

  /** Features that it weighs. */
  public int channels() {
    return weights.length / classes;
  }

  /**
   * What each place says for a class: {@code M_c(y, x) = Σ_k weight_ck f_k(y, x)}, formula 2 of
   * Zhou et al., Learning Deep Features for Discriminative Localization (CVPR 2016, arXiv
   * 1512.04150). Pooling and the layer are linear, so the map's mean and the class's bias are the
   * logit, exactly; the paper leaves the bias out.
   *
   * @param features what the pooling reads of one image
   * @param index of the class
   */
  public ClassMap map(FeatureMap features, int index) {
    if (features.channels() != channels()) {
      throw new IllegalArgumentException(
          "feature map: has "
              + features.channels()
              + " channels, the linear layer weighs "
              + channels());
    }
    if (index < 0 || index >= classes) {
      throw new IllegalArgumentException(
          "class: 0 to " + (classes - 1) + " expected, got " + index);
    }
    int area = features.height() * features.width();
    double[] values = new double[area];
    for (int k = 0; k < features.channels(); k++) {
      double weight = weights[index * features.channels() + k];
      for (int i = 0; i < area; i++) {
        values[i] += weight * features.values()[k * area + i];
      }
    }
    return new ClassMap(index, features.height(), features.width(), values, bias[index]);
  }
}
