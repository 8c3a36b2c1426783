package io.github.repvgg4j.deploy.quantize;

import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.deploy.quantize.scale.CalibrationSet;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Training images, spread over the classes, as prediction prepares them. They are kept as bytes of
 * the network's size, a quarter of what it reads.
 *
 * @param hash sha256 of their files, in their order
 */
public record CalibrationImages(List<RgbImage> fitted, ImagePreprocessor preprocessor, String hash)
    implements CalibrationSet {

  private static final long SEED = 1;

  /**
   * Chooses images: the classes in turn, in each an order of the seed; those that cannot be read
   * are passed over.
   *
   * @param wanted how many, at most
   * @throws IOException one line, where there are no training images, or none can be read
   */
  public static CalibrationImages choose(Path data, ImagePreprocessor preprocessor, int wanted)
      throws IOException {
    return choose(data, ImageData.Options.PLAIN, preprocessor, wanted);
  }

  /**
   * The same of a data set that a run divided.
   *
   * @param options how
   */
  static CalibrationImages choose(
      Path data, ImageData.Options options, ImagePreprocessor preprocessor, int wanted)
      throws IOException {
    try (ImageData opened = ImageData.open(data, options)) {
      ImageSplit train = opened.train();
      List<RgbImage> fitted = new ArrayList<>();
      MessageDigest digest = Sha256.digest();
      for (int index : order(train, opened.labels().size())) {
        if (fitted.size() == wanted) {
          break;
        }
        try {
          fitted.add(preprocessor.fit(train.path(index), () -> train.read(index)));
          digest.update(train.file(index));
        } catch (BadImageException e) {
          // training names bad images; calibration only needs good ones
        }
      }
      if (fitted.isEmpty()) {
        throw new IOException(data + ": none of its training images can be read");
      }
      return new CalibrationImages(fitted, preprocessor, HexFormat.of().formatHex(digest.digest()));
    }
  }

  private static List<Integer> order(ImageSplit train, int classes) {
    List<List<Integer>> byClass = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      byClass.add(new ArrayList<>());
    }
    for (int i = 0; i < train.size(); i++) {
      byClass.get(train.label(i)).add(i);
    }
    Random random = new Random(SEED);
    byClass.forEach(own -> Collections.shuffle(own, random));
    List<Integer> order = new ArrayList<>();
    int most = byClass.stream().mapToInt(List::size).max().orElse(0);
    for (int turn = 0; turn < most; turn++) {
      for (List<Integer> own : byClass) {
        if (turn < own.size()) {
          order.add(own.get(turn));
        }
      }
    }
    return order;
  }

  @Override
  public int size() {
    return fitted.size();
  }

  @Override
  public InputShape shape() {
    return preprocessor.input();
  }

  @Override
  public float[] images(int from, int to) {
    float[] values = new float[(to - from) * preprocessor.length()];
    for (int i = from; i < to; i++) {
      preprocessor.normalise(fitted.get(i), values, (i - from) * preprocessor.length());
    }
    return values;
  }
}
