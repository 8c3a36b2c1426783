package io.github.repvgg4j.weights;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The names of the 1000 classes of ImageNet-1k in the order of the outputs of published networks
 * (from torchvision, BSD licence: {@code imagenet-1k-labels.NOTICE.txt}).
 */
public final class ImageNetLabels {

  /** Classes of ImageNet-1k. */
  public static final int COUNT = 1000;

  private ImageNetLabels() {}

  /** All names; index 0 is "tench". */
  public static List<String> names() {
    try (InputStream in = ImageNetLabels.class.getResourceAsStream("imagenet-1k-labels.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
