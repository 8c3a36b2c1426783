package io.github.repvgg4j.bench.quantization;

import io.github.repvgg4j.deploy.quantize.gate.Classifier;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a classifier has answered. */
final class RecordedLogits implements Classifier {

  private final Classifier classifier;
  private final List<float[]> batches = new ArrayList<>();

  RecordedLogits(Classifier classifier) {
    this.classifier = classifier;
  }

  @Override
  public float[] logits(float[] images, int batch) {
    float[] logits = classifier.logits(images, batch);
    batches.add(logits.clone());
    return logits;
  }

  /** {@code [images, classes]} of all so far. */
  float[] all() {
    FloatBuffer all = FloatBuffer.allocate(batches.stream().mapToInt(batch -> batch.length).sum());
    batches.forEach(all::put);
    return all.array();
  }
}
