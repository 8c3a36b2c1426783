package io.github.repvgg4j.layer;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;

/** Both own layers take images {@code [N, C, H, W]} and nothing else. */
final class CnnInput {

  private CnnInput() {}

  static InputTypeConvolutional of(SlotLayer layer, InputType type) {
    if (!(type instanceof InputTypeConvolutional images)) {
      throw new IllegalArgumentException(
          layer.label() + ": needs images (InputType.convolutional), got " + type);
    }
    if (images.getFormat() == CNN2DFormat.NHWC) {
      throw new IllegalArgumentException(
          layer.label() + ": needs the format NCHW, got NHWC; use CNN2DFormat.NCHW");
    }
    return images;
  }
}
