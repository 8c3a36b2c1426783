package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.answer.AnswerChoice;
import io.github.repvgg4j.answer.ClassMap;
import io.github.repvgg4j.answer.NoClassMapException;
import io.github.repvgg4j.answer.TopClass;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.listing.ListedImage;
import io.github.repvgg4j.runtime.image.ImageClassifier;
import io.github.repvgg4j.runtime.image.ImageSource;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Answers to images, each with the places that speak for a class. */
public final class Explainer {

  private static final int NAMED = 10;

  private final ModelMetadata metadata;
  private final ImageClassifier classifier;
  private final ClassMaps maps;
  private final String file;

  /**
   * One image's answer, explained.
   *
   * @param image its name or path
   * @param seen the part of it that the network sees
   * @param top the likeliest classes, likeliest first
   * @param explained the class of the map
   * @param map where it was seen
   */
  public record Explanation(
      String image, RgbImage seen, List<TopClass> top, TopClass explained, ClassMap map) {}

  /**
   * @param model open as long as this is used
   * @throws ArchiveException one line: it has no class activation maps, several outputs, or does
   *     not say how images become its input
   */
  public Explainer(OpenModel model) throws ArchiveException {
    this.file = model.file().toString();
    this.metadata = model.metadata();
    this.classifier = model.classifier();
    try {
      this.maps = model.engine().maps();
    } catch (NoClassMapException e) {
      throw new ArchiveException(file + ": " + e.getMessage());
    }
  }

  /**
   * The number of a class.
   *
   * @param name as labels have it, or a number
   * @throws ArchiveException one line, where the model has no such class
   */
  public int index(String name) throws ArchiveException {
    List<String> labels = metadata.labels().stream().map(ListedImage::composed).toList();
    int index = labels.indexOf(ListedImage.composed(name));
    if (index >= 0) {
      return index;
    }
    int classes = maps.linear().classes();
    if (name.matches("[0-9]{1,9}") && Integer.parseInt(name) < classes) {
      return Integer.parseInt(name);
    }
    String known =
        labels.isEmpty()
            ? "classes 0 to " + (classes - 1)
            : String.join(", ", labels.subList(0, Math.min(labels.size(), NAMED)))
                + (labels.size() > NAMED ? ", …" : "");
    throw new ArchiveException(file + ": has no class '" + name + "'; it knows " + known);
  }

  /**
   * Explains one image.
   *
   * @param index of the image
   * @param wanted number of the class; empty for the likeliest
   * @param choice of the classes that are named
   * @throws BadImageException one line that names the image
   */
  public Explanation explain(ImageSource images, int index, OptionalInt wanted, AnswerChoice choice)
      throws BadImageException {
    ImagePreprocessor preprocessor = classifier.preprocessor();
    RgbImage seen = preprocessor.fit(images.name(index), () -> images.read(index));
    float[] values = new float[preprocessor.length()];
    preprocessor.normalise(seen, values, 0);
    double[] answers = classifier.answers(values, 1)[0];
    List<TopClass> all = classifier.top(answers, answers.length);
    TopClass explained =
        wanted.isEmpty()
            ? all.get(0)
            : IntStream.range(0, all.size())
                .mapToObj(all::get)
                .filter(c -> c.index() == wanted.getAsInt())
                .findFirst()
                .orElseThrow();
    ClassMap map =
        maps.linear().map(maps.features(values, preprocessor.input()), explained.index());
    return new Explanation(
        images.name(index), seen, classifier.top(answers, choice), explained, map);
  }
}
