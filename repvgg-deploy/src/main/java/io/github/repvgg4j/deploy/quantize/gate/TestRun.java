package io.github.repvgg4j.deploy.quantize.gate;

import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.deploy.predict.LabelledImages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What several networks answer to the same images, each decoded once.
 *
 * @param truth class of each image that could be read
 * @param answers of each network, as many
 * @param badImages left out because they cannot be read
 */
@SuppressWarnings("ArrayRecordComponent")
public record TestRun(int[] truth, List<int[]> answers, int badImages) {

  private static final int BATCH = 64;

  /**
   * Runs all images.
   *
   * @throws IOException one line, where none can be read
   */
  public static TestRun of(
      LabelledImages data, ImagePreprocessor preprocessor, List<Classifier> networks)
      throws IOException {
    int size = data.images().size();
    int[] truth = new int[size];
    List<int[]> answers = new ArrayList<>();
    networks.forEach(network -> answers.add(new int[size]));
    float[] values = new float[BATCH * preprocessor.length()];
    int used = 0;
    int pending = 0;
    for (int i = 0; i < size; i++) {
      int index = i;
      try {
        preprocessor.write(
            data.images().name(i),
            () -> data.images().read(index),
            values,
            pending * preprocessor.length());
        truth[used + pending] = data.classes()[i];
        pending++;
      } catch (BadImageException e) {
        // evaluate names bad images; here both networks go without
      }
      if (pending == BATCH || i == size - 1 && pending > 0) {
        answer(
            networks,
            Arrays.copyOf(values, pending * preprocessor.length()),
            pending,
            answers,
            used);
        used += pending;
        pending = 0;
      }
    }
    if (used == 0) {
      throw new IOException("none of the " + size + " test images can be read");
    }
    int readable = used;
    answers.replaceAll(all -> Arrays.copyOf(all, readable));
    return new TestRun(Arrays.copyOf(truth, used), answers, size - used);
  }

  private static void answer(
      List<Classifier> networks, float[] images, int batch, List<int[]> answers, int at) {
    for (int n = 0; n < networks.size(); n++) {
      float[] logits = networks.get(n).logits(images, batch);
      int classes = logits.length / batch;
      for (int b = 0; b < batch; b++) {
        answers.get(n)[at + b] = largest(logits, b * classes, classes);
      }
    }
  }

  /** The first of the largest; a number that is none never wins. */
  private static int largest(float[] logits, int from, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (logits[from + c] > logits[from + best] || Float.isNaN(logits[from + best])) {
        best = c;
      }
    }
    return best;
  }

  /** The loss of network {@code other} against the first. */
  public PairedDrop drop(int other) {
    return PairedDrop.of(truth, answers.get(0), answers.get(other));
  }
}
