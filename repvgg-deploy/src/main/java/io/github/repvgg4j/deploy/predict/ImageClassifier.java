package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gives the model's answers to images, batch by batch; bad images are named and left out. */
public final class ImageClassifier {

  private final OpenModel model;
  private final ImagePreprocessor preprocessor;
  private final int batch;
  private final TestTimeAveraging averaging;
  private final Head head;

  private ImageClassifier(
      OpenModel model, ImagePreprocessor preprocessor, int batch, TestTimeAveraging averaging)
      throws ArchiveException {
    this.model = model;
    this.head = model.classifier();
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
   * @param batch images computed at once
   * @throws ArchiveException when the model does not say how images become its input
   */
  public static ImageClassifier of(OpenModel model, int batch) throws ArchiveException {
    ModelMetadata metadata = model.metadata();
    if (metadata.spec().isEmpty() || metadata.preprocessing().isEmpty()) {
      throw new ArchiveException(
          model.file()
              + ": does not say how images become its input (no repvgg.json with spec and"
              + " preprocessing); use infer with arrays");
    }
    return new ImageClassifier(
        model,
        new ImagePreprocessor(metadata.preprocessing().get(), metadata.spec().get().input()),
        batch,
        TestTimeAveraging.NONE);
  }

  /** The same with the answers to several copies of each image averaged. */
  public ImageClassifier withAveraging(TestTimeAveraging newAveraging) throws ArchiveException {
    return new ImageClassifier(model, preprocessor, batch, newAveraging);
  }

  /** What makes the model's answers of its logits. */
  public Head head() {
    return head;
  }

  /** Classifies all images of the source. */
  public void classify(ImageSource images, Receiver receiver) {
    int length = preprocessor.length();
    float[] values = new float[batch * length];
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

  private void answer(float[] values, List<Integer> pending, Receiver receiver) {
    if (pending.isEmpty()) {
      return;
    }
    InputShape shape = preprocessor.input();
    float[] used = Arrays.copyOf(values, pending.size() * preprocessor.length());
    long[] batchShape = preprocessor.shape(pending.size());
    float[] logits =
        averaging.logits(
            images -> Floats.values(model.engine().logits(Floats.array(images, batchShape))),
            used,
            shape.height(),
            shape.width());
    double[][] answers =
        head.answers(Floats.array(logits, pending.size(), logits.length / pending.size()))
            .toDoubleMatrix();
    for (int i = 0; i < answers.length; i++) {
      receiver.answer(pending.get(i), answers[i]);
    }
  }
}
