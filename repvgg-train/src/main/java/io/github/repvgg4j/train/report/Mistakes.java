package io.github.repvgg4j.train.report;

import io.github.repvgg4j.answer.FeatureMap;
import io.github.repvgg4j.answer.LinearHead;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.picture.Pictures;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.model.head.PooledHead;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.loop.Evaluation.Answer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The test images that a network got wrong with the highest confidence, as pictures, and where it
 * saw what it took them for.
 */
final class Mistakes {

  private static final int COUNT = 24;
  private static final int MAX_SIDE = 128;
  private static final int MAX_PNG_SIDE = 64;

  private Mistakes() {}

  /**
   * @param name the image's file
   * @param picture what the network saw of it, as a data: URI
   * @param forAnswer class activation map of the network's answer over it, likewise
   * @param forTruth the same of the true class
   * @param confidence per cent
   */
  record Mistake(
      String name,
      String picture,
      String forAnswer,
      String forTruth,
      String truth,
      String predicted,
      String confidence) {}

  /**
   * @param head of the evaluated network
   */
  static List<Mistake> of(Evaluation.OneClass evaluation, TestImages images, PooledHead head)
      throws IOException {
    ImageSplit test = images.split();
    int[] indices =
        IntStream.range(0, test.size()).filter(i -> !images.bad().contains(test.name(i))).toArray();
    List<Answer> answers = evaluation.answers();
    if (indices.length != answers.size()) {
      return List.of(); // an image has come or gone since
    }
    List<Integer> worst =
        IntStream.range(0, answers.size())
            .filter(i -> answers.get(i).truth() != answers.get(i).predicted())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -answers.get(i).confidence()))
            .limit(COUNT)
            .toList();
    List<Mistake> mistakes = new ArrayList<>();
    for (int i : worst) {
      try {
        mistakes.add(mistake(answers.get(i), images, indices[i], head));
      } catch (BadImageException e) {
        continue; // gone since; the page does without it
      }
    }
    return mistakes;
  }

  private static Mistake mistake(Answer answer, TestImages images, int index, PooledHead head)
      throws IOException {
    ImageSplit test = images.split();
    RgbImage image = images.preprocessor().fit(test.name(index), () -> test.read(index));
    BufferedImage picture = reduced(Pictures.of(image));
    FeatureMap features = features(image, images.preprocessor(), head);
    LinearHead linear = head.linear();
    return new Mistake(
        test.name(index),
        dataUri(picture),
        dataUri(Pictures.overlay(picture, linear.map(features, answer.predicted()))),
        dataUri(Pictures.overlay(picture, linear.map(features, answer.truth()))),
        images.labels().get(answer.truth()),
        images.labels().get(answer.predicted()),
        Text.format("%.1f", 100 * answer.confidence()));
  }

  private static FeatureMap features(
      RgbImage image, ImagePreprocessor preprocessor, PooledHead head) {
    float[] values = new float[preprocessor.length()];
    preprocessor.normalise(image, values, 0);
    try (INDArray input = Floats.array(values, preprocessor.shape(1))) {
      return head.features(input);
    }
  }

  /** Small pictures without loss, larger ones reduced and as JPEG. */
  private static String dataUri(BufferedImage picture) throws IOException {
    String format =
        Math.max(picture.getWidth(), picture.getHeight()) <= MAX_PNG_SIDE ? "png" : "jpeg";
    byte[] bytes = Pictures.encoded(picture, format);
    return "data:image/" + format + ";base64," + Base64.getEncoder().encodeToString(bytes);
  }

  private static BufferedImage reduced(BufferedImage picture) {
    int longer = Math.max(picture.getWidth(), picture.getHeight());
    return longer <= MAX_SIDE ? picture : Pictures.fitted(picture, MAX_SIDE);
  }
}
