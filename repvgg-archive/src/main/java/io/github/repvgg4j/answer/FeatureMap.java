package io.github.repvgg4j.answer;

/**
 * What a network's global average pooling reads of one image.
 *
 * @param values {@code [C, H, W]} in C order, float32; not copied, so whoever hands it over gives
 *     it away
 */
@SuppressWarnings("ArrayRecordComponent")
public record FeatureMap(int channels, int height, int width, float[] values) {

  /**
   * @throws IllegalArgumentException where the numbers are not as many as the axes say
   */
  public FeatureMap {
    if (channels < 1
        || height < 1
        || width < 1
        || values.length != (long) channels * height * width) {
      throw new IllegalArgumentException(
          "feature map: "
              + values.length
              + " numbers are not "
              + channels
              + " x "
              + height
              + " x "
              + width);
    }
  }
}
