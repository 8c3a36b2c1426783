package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.spec.InputShape;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What Deeplearning4j makes of probe images. */
public final class Dl4jProbe {

  private static final long SEED = 20210301;
  private static final int IMAGES = 2;

  private Dl4jProbe() {}

  /**
   * Computes it now.
   *
   * @param network with one output {@code [N, classes]} of images {@code [N, C, H, W]}
   * @param shape of one image
   * @return empty where it would prove nothing or be too large: logits that are all the same or not
   *     finite, images of millions of pixels
   */
  public static Optional<Probe> of(Model network, InputShape shape) {
    long pixels = (long) shape.channels() * shape.height() * shape.width();
    if (pixels > Probe.MAX_NUMBERS / IMAGES) {
      return Optional.empty();
    }
    float[] logits = logits(network, Probe.values(SEED, shape, IMAGES), shape, IMAGES);
    try {
      return Optional.of(new Probe(SEED, shape, IMAGES, logits));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The same images as a probe has, computed now: {@code [images, classes]} in C order. */
  public static float[] again(Model network, Probe probe) {
    return logits(network, probe.values(), probe.shape(), probe.images());
  }

  private static float[] logits(Model network, float[] values, InputShape shape, int images) {
    long[] axes = {images, shape.channels(), shape.height(), shape.width()};
    try (INDArray input = Floats.array(values, axes);
        INDArray logits = Logits.of(network, input)) {
      return Floats.values(logits);
    }
  }
}
