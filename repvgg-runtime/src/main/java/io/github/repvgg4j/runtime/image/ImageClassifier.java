package io.github.repvgg4j.runtime.image;

import io.github.repvgg4j.answer.AnswerChoice;
import io.github.repvgg4j.answer.AnswerFunction;
import io.github.repvgg4j.answer.Meaning;
import io.github.repvgg4j.answer.TopClass;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.spec.InputShape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.DoubleStream;

/**
 * Images to labels. They are decoded and prepared exactly as the model's training prepared its test
 * images. Thread-safe where its network is, as {@link FastNetwork} is.
 *
 * <pre>{@code
 * try (ImageClassifier classifier =
 *     ImageClassifier.load(Path.of("fast.zip"), RuntimeOptions.of(FP32))) {
 *   List<TopClass> top = classifier.classify(Path.of("cat.jpg"), 5);
 * }
 * }</pre>
 */
public final class ImageClassifier implements AutoCloseable {

  private static final int BATCH = 16;

  private final ImageNetwork network;
  private final AnswerFunction head;
  private final ModelMetadata metadata;
  private final ImagePreprocessor preprocessor;
  private final int batch;
  private final TestTimeAveraging averaging;

  private ImageClassifier(
      ImageNetwork network,
      ModelMetadata metadata,
      ImagePreprocessor preprocessor,
      int batch,
      TestTimeAveraging averaging) {
    this.network = network;
    this.head = network.head();
    this.metadata = metadata;
    this.preprocessor = preprocessor;
    this.batch = batch;
    this.averaging = averaging;
  }

  /** Receives the answers, in the order of the images. */
  public interface Receiver {

    /**
     * @param index of the image in its source
     * @param answers one a class: what the model's head makes of its logits, such as probabilities
     *     that sum to 1 (softmax) or that each stand for themselves (sigmoid)
     */
    void answer(int index, double[] answers);

    /** An image that cannot be used; the message names it and the fault. */
    void bad(int index, BadImageException fault);
  }

  /**
   * Loads a fast zip; closing the classifier closes the network.
   *
   * @throws IOException one line, also where the file does not say how images become its input;
   *     else as {@link FastNetwork#load}
   */
  public static ImageClassifier load(Path fastZip, RuntimeOptions options) throws IOException {
    ModelMetadata metadata;
    try (SafeZip zip = ModelArchive.open(fastZip)) {
      metadata = ModelArchive.metadata(zip).orElse(ModelMetadata.unknown(ModelMetadata.Form.FAST));
    }
    requirePreprocessing(fastZip, metadata);
    FastNetwork network = FastNetwork.load(fastZip, options);
    try {
      return of(new FastImageNetwork(network, network.head()), metadata, fastZip);
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /**
   * With a network at hand, which the classifier closes.
   *
   * @param file for messages
   * @throws ArchiveException when the model does not say how images become its input
   */
  public static ImageClassifier of(ImageNetwork network, ModelMetadata metadata, Path file)
      throws ArchiveException {
    requirePreprocessing(file, metadata);
    return new ImageClassifier(
        network,
        metadata,
        new ImagePreprocessor(metadata.preprocessing().get(), metadata.spec().get().input()),
        BATCH,
        TestTimeAveraging.NONE);
  }

  private static void requirePreprocessing(Path file, ModelMetadata metadata)
      throws ArchiveException {
    if (metadata.spec().isEmpty() || metadata.preprocessing().isEmpty()) {
      throw new ArchiveException(
          file
              + ": does not say how images become its input (no repvgg.json with spec and"
              + " preprocessing); use infer with arrays");
    }
  }

  /**
   * @param newBatch images computed at once where a source has many; more needs more memory
   */
  public ImageClassifier withBatch(int newBatch) {
    if (newBatch < 1) {
      throw new IllegalArgumentException("batch: 1 or more, got " + newBatch);
    }
    return new ImageClassifier(network, metadata, preprocessor, newBatch, averaging);
  }

  /** The same with the answers to several copies of each image averaged. */
  public ImageClassifier withAveraging(TestTimeAveraging newAveraging) {
    return new ImageClassifier(network, metadata, preprocessor, batch, newAveraging);
  }

  /** What the answers say. */
  public Meaning meaning() {
    return head.meaning();
  }

  /** How images become the network's input. */
  public ImagePreprocessor preprocessor() {
    return preprocessor;
  }

  /**
   * Classifies an image file.
   *
   * @param count classes to name, likeliest first
   * @throws BadImageException one line that names the image
   */
  public List<TopClass> classify(Path image, int count) throws BadImageException {
    return one(ImageSource.of(List.of(image)), count);
  }

  /**
   * Classifies what an image file holds.
   *
   * @param name for messages
   * @param image JPEG, PNG, BMP, WebP, GIF or TIFF
   */
  public List<TopClass> classify(String name, byte[] image, int count) throws BadImageException {
    return one(ImageSource.of(name, image), count);
  }

  /**
   * Classifies a decoded image: 8 bits of sRGB, transparency dropped, as {@link
   * io.github.repvgg4j.data.decode.ImageReader#read(String, BufferedImage)} says.
   *
   * @param name for messages
   */
  public List<TopClass> classify(String name, BufferedImage image, int count)
      throws BadImageException {
    return one(ImageSource.of(name, image), count);
  }

  private List<TopClass> one(ImageSource image, int count) throws BadImageException {
    float[] values = new float[preprocessor.length()];
    preprocessor.write(image.name(0), () -> image.read(0), values, 0);
    return top(answers(values, 1)[0], count);
  }

  /** Classifies all images of a source; a bad one harms no other. */
  public List<ImageAnswer> classify(ImageSource images, int count) {
    return classify(images, new AnswerChoice(OptionalInt.of(count), OptionalDouble.empty()));
  }

  /**
   * The same with the choice of which classes are named.
   *
   * @throws IllegalArgumentException a probability is asked for and the answers are none
   */
  public List<ImageAnswer> classify(ImageSource images, AnswerChoice choice) {
    choice.check(meaning());
    ImageAnswer[] answers = new ImageAnswer[images.size()];
    classify(
        images,
        new Receiver() {
          @Override
          public void answer(int index, double[] given) {
            answers[index] = new ImageAnswer(images.name(index), top(given, choice), null);
          }

          @Override
          public void bad(int index, BadImageException fault) {
            answers[index] = new ImageAnswer(images.name(index), null, fault.getMessage());
          }
        });
    return Arrays.asList(answers);
  }

  /** The {@code count} likeliest classes of one image, likeliest first. */
  public List<TopClass> top(double[] answers, int count) {
    return TopClass.of(answers, meaning(), count, metadata);
  }

  /**
   * The classes of one image that are chosen, likeliest first.
   *
   * @throws IllegalArgumentException a probability is asked for and the answers are none
   */
  public List<TopClass> top(double[] answers, AnswerChoice choice) {
    return choice.of(answers, meaning(), metadata);
  }

  /** Classifies all images of a source, batch by batch. */
  public void classify(ImageSource images, Receiver receiver) {
    int length = preprocessor.length();
    float[] values = room(Math.min(batch, images.size()));
    List<Integer> pending = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      int index = i;
      try {
        preprocessor.write(
            images.name(i), () -> images.read(index), values, pending.size() * length);
        pending.add(i);
      } catch (BadImageException e) {
        receiver.bad(i, e);
      }
      if (pending.size() == batch || i == images.size() - 1) {
        answer(values, pending, receiver);
        pending.clear();
      }
    }
  }

  private float[] room(int images) {
    try {
      return new float[Math.multiplyExact(images, preprocessor.length())];
    } catch (ArithmeticException e) {
      throw new IllegalStateException(
          "batch "
              + images
              + ": so many images of shape "
              + preprocessor.input()
              + " are more numbers than an array holds; compute fewer at once",
          e);
    }
  }

  private void answer(float[] values, List<Integer> pending, Receiver receiver) {
    if (!pending.isEmpty()) {
      float[] used = Arrays.copyOf(values, pending.size() * preprocessor.length());
      double[][] answers = answers(used, pending.size());
      for (int i = 0; i < answers.length; i++) {
        receiver.answer(pending.get(i), answers[i]);
      }
    }
  }

  /**
   * The answers to prepared images.
   *
   * @param images {@code [count, C, H, W]} in C order
   * @return {@code [count][classes]}
   * @throws IllegalStateException one line, where the network answers NaN
   */
  public double[][] answers(float[] images, int count) {
    InputShape shape = preprocessor.input();
    float[] logits =
        averaging.logits(
            copies -> network.logits(copies, count, shape), images, shape.height(), shape.width());
    int classes = logits.length / count;
    double[][] answers = new double[count][];
    for (int i = 0; i < count; i++) {
      answers[i] = head.of(Arrays.copyOfRange(logits, i * classes, (i + 1) * classes));
      if (DoubleStream.of(answers[i]).anyMatch(Double::isNaN)) {
        throw new IllegalStateException(
            "the network answers NaN: its weights are damaged, or too large to compute with");
      }
    }
    return answers;
  }

  @Override
  public void close() {
    network.close();
  }
}
