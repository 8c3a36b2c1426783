package io.github.repvgg4j.spark.predict;

import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.runtime.image.ImageClassifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.spark.sql.Row;

/**
 * Scores the images of one partition batch by batch, one row for each image, in order.
 *
 * @param <T> whatever stands for an image
 */
final class BatchedScoring<T> implements Iterator<Row> {

  /** Reads the encoded bytes of one image. */
  @FunctionalInterface
  interface Bytes<T> {
    /**
     * @throws BadImageException becomes the row's error; any other failure is the task's
     */
    byte[] of(T image) throws IOException;
  }

  private final ImageClassifier network;
  private final Scoring scoring;
  private final Iterator<T> images;
  private final Bytes<T> bytes;
  private final BiFunction<T, Prediction, Row> row;
  private final Deque<Row> ready = new ArrayDeque<>();

  BatchedScoring(
      Scoring scoring, Iterator<T> images, Bytes<T> bytes, BiFunction<T, Prediction, Row> row) {
    this.network = scoring.model().network();
    this.scoring = scoring;
    this.images = images;
    this.bytes = bytes;
    this.row = row;
  }

  @Override
  public boolean hasNext() {
    return !ready.isEmpty() || images.hasNext();
  }

  @Override
  public Row next() {
    if (ready.isEmpty()) {
      scoreBatch();
    }
    return ready.remove();
  }

  private void scoreBatch() {
    List<T> batch = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    List<float[]> inputs = new ArrayList<>();
    while (batch.size() < scoring.batchSize() && images.hasNext()) {
      T image = images.next();
      batch.add(image);
      try {
        inputs.add(prepare(image));
        errors.add(null);
      } catch (BadImageException e) {
        errors.add(e.getMessage());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    double[][] answers =
        inputs.isEmpty() ? new double[0][] : network.answers(joined(inputs), inputs.size());
    int next = 0;
    for (int i = 0; i < batch.size(); i++) {
      Prediction prediction =
          errors.get(i) == null
              ? Prediction.of(network.top(answers[next++], scoring.topK()))
              : Prediction.failed(errors.get(i));
      ready.add(row.apply(batch.get(i), prediction));
    }
  }

  private float[] joined(List<float[]> inputs) {
    int length = network.preprocessor().length();
    float[] values = new float[inputs.size() * length];
    for (int i = 0; i < inputs.size(); i++) {
      System.arraycopy(inputs.get(i), 0, values, i * length, length);
    }
    return values;
  }

  private float[] prepare(T image) throws IOException {
    byte[] encoded = bytes.of(image);
    if (encoded == null) {
      throw new BadImageException("image", "no bytes");
    }
    String name = scoring.nameOf(image);
    float[] values = new float[network.preprocessor().length()];
    network.preprocessor().write(name, () -> ImageReader.decode(name, encoded), values, 0);
    return values;
  }
}
