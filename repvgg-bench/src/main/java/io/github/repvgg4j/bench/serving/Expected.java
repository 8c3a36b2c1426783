package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.serving.Connection.Answer;
import io.github.repvgg4j.bench.serving.Protocol.Named;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.image.ImageClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the runtime, called directly, says of each image.
 *
 * @param inputs {@code [C, H, W]} of each
 * @param logits of each
 * @param classes of each, all of them, the likeliest first
 * @param tolerance of answers to images that are not computed alone
 */
record Expected(
    List<float[]> inputs, List<float[]> logits, List<List<Named>> classes, double tolerance) {

  static final int TOP = 5;

  static Expected of(ServingFiles files, Arithmetic arithmetic) throws IOException {
    return of(files.zip(), files, arithmetic);
  }

  /** Of another network for the same images. */
  static Expected of(Path zip, ServingFiles files, Arithmetic arithmetic) throws IOException {
    RuntimeOptions options = arithmetic.runtime();
    List<float[]> inputs = new ArrayList<>();
    List<float[]> logits = new ArrayList<>();
    List<List<Named>> classes = new ArrayList<>();
    try (ImageClassifier classifier = ImageClassifier.load(zip, options);
        FastNetwork network = FastNetwork.load(zip, options)) {
      for (Path image : files.images()) {
        byte[] bytes = Files.readAllBytes(image);
        float[] input = input(classifier, image);
        inputs.add(input);
        logits.add(network.logits(input, 1, files.shape()));
        classes.add(
            classifier.classify("image", bytes, network.classes()).stream()
                .map(Named::of)
                .toList());
      }
    }
    return new Expected(inputs, logits, classes, arithmetic.tolerance());
  }

  static float[] input(ImageClassifier classifier, Path image) throws IOException {
    float[] values = new float[classifier.preprocessor().length()];
    byte[] bytes = Files.readAllBytes(image);
    Direct.decode(classifier.preprocessor(), bytes, values);
    return values;
  }

  /** max|a - b| / max|b| of the logits of one image. */
  double logitDifference(int image, float[] answer) {
    float[] right = logits.get(image);
    double difference = answer.length == right.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(answer.length, right.length); i++) {
      difference = Math.max(difference, Math.abs((double) answer[i] - right[i]));
    }
    return difference / largest(image);
  }

  private double largest(int image) {
    double largest = 0;
    for (float logit : logits.get(image)) {
      largest = Math.max(largest, Math.abs(logit));
    }
    return largest;
  }

  boolean sameBits(int image, float[] answer) {
    return Arrays.equals(logits.get(image), answer);
  }

  /** Judges binary answers. */
  Predicate<Answer> logitsOf(int image, double tolerance) {
    return answer -> logitDifference(image, Protocol.floats(answer)) <= tolerance;
  }

  /**
   * Judges lists of classes; each different text is read once.
   *
   * @param tolerance of the logits
   */
  Predicate<Answer> classesOf(int image, double tolerance) {
    Set<String> right = ConcurrentHashMap.newKeySet();
    return answer -> {
      String text = answer.text();
      if (!right.contains(text) && agrees(image, answer, tolerance)) {
        right.add(text);
      }
      return right.contains(text);
    };
  }

  /**
   * @param ofLogits relative difference of logits that is allowed; a softmax halves absolute ones
   *     at least
   */
  private boolean agrees(int image, Answer answer, double ofLogits) {
    double tolerance = ofLogits * largest(image) / 2;
    try {
      List<Named> given = Protocol.classes(answer);
      List<Named> wanted = classes.get(image);
      Map<String, Double> all =
          wanted.stream().collect(Collectors.toMap(Named::className, Named::probability));
      boolean same = given.size() == Math.min(TOP, wanted.size());
      for (int i = 0; same && i < given.size(); i++) {
        double probability = given.get(i).probability();
        double own = all.getOrDefault(given.get(i).className(), Double.NaN);
        double ofPlace = wanted.get(i).probability(); // two that are as good as equal may swap
        same =
            Math.abs(probability - own) <= tolerance
                && Math.abs(probability - ofPlace) <= tolerance;
      }
      return same;
    } catch (IOException e) {
      return false; // no JSON is no right answer
    }
  }
}
