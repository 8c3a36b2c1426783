package io.github.repvgg4j.deploy.quantize.gate;

import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.deploy.predict.LabelledImages;
import io.github.repvgg4j.deploy.quantize.scale.CalibrationSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What several networks answer to the same images, each decoded once.
 *
 * @param truth class of each image that could be read
 * @param answers of each network, as many; -1 where its logits are no numbers
 * @param badImages left out because they cannot be read
 */
@SuppressWarnings("ArrayRecordComponent")
public record TestRun(int[] truth, List<int[]> answers, int badImages) {

  /**
   * Runs all images.
   *
   * @throws IOException one line, where none can be read
   */
  public static TestRun of(
      LabelledImages data, ImagePreprocessor preprocessor, List<Classifier> networks)
      throws IOException {
    int size = data.images().size();
    Pending pending = new Pending(networks, preprocessor, size);
    for (int i = 0; i < size; i++) {
      int index = i;
      try {
        preprocessor.write(
            data.images().name(i), () -> data.images().read(index), pending.values, pending.at());
        pending.add(data.classOf(i));
      } catch (BadImageException e) {
        // evaluate names bad images; here all networks go without
      }
    }
    pending.answer();
    if (pending.used == 0) {
      throw new IOException("none of the " + size + " test images can be read");
    }
    return pending.run(size);
  }

  /** Images that wait until there is a batch of them. */
  private static final class Pending {

    private final List<Classifier> networks;
    private final int batch;
    private final int length;
    private final float[] values;
    private final int[] truth;
    private final List<int[]> answers = new ArrayList<>();
    private int used;
    private int waiting;

    Pending(List<Classifier> networks, ImagePreprocessor preprocessor, int size) {
      this.networks = networks;
      this.batch = CalibrationSet.batchOf(preprocessor.input());
      this.length = preprocessor.length();
      this.values = new float[batch * length];
      this.truth = new int[size];
      networks.forEach(network -> answers.add(new int[size]));
    }

    /** Where the next image goes. */
    int at() {
      return waiting * length;
    }

    void add(int label) {
      truth[used + waiting++] = label;
      if (waiting == batch) {
        answer();
      }
    }

    void answer() {
      if (waiting == 0) {
        return;
      }
      float[] images = Arrays.copyOf(values, waiting * length);
      for (int n = 0; n < networks.size(); n++) {
        float[] logits = networks.get(n).logits(images, waiting);
        int classes = logits.length / waiting;
        for (int i = 0; i < waiting; i++) {
          answers.get(n)[used + i] = largest(logits, i * classes, classes);
        }
      }
      used += waiting;
      waiting = 0;
    }

    TestRun run(int size) {
      return new TestRun(
          Arrays.copyOf(truth, used),
          answers.stream().map(all -> Arrays.copyOf(all, used)).toList(),
          size - used);
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
    return Float.isNaN(logits[from + best]) ? -1 : best;
  }

  /** The loss of network {@code other} against the first. */
  public PairedDrop drop(int other) {
    return PairedDrop.of(truth, answers.get(0), answers.get(other));
  }
}
