package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.check.SelfCheckReport.Reference;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.GraphShapes;
import io.github.repvgg4j.runtime.graph.UnsupportedLayerException;
import io.github.repvgg4j.runtime.plan.BatchShape;
import io.github.repvgg4j.runtime.plan.DirectFloats;
import io.github.repvgg4j.runtime.plan.OneDnnEngine;
import io.github.repvgg4j.runtime.plan.PlanRequest;
import io.github.repvgg4j.runtime.source.NetworkSource;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * What the logits of some images should be, and who says so.
 *
 * @param probe images and logits
 */
public record Expectation(Probe probe, Reference reference) {

  /** Of probe images that nobody recorded. */
  static final long SEED = 20210301;

  /**
   * What the source recorded; where it recorded nothing, what is {@link #computed}.
   *
   * @throws ArchiveException one line, where what it recorded does not fit the network
   */
  public static Expectation recorded(NetworkSource source, FastGraph graph) throws IOException {
    Optional<Probe> recorded = source.probe();
    if (recorded.isEmpty()) {
      return computed(source, graph);
    }
    requireFit(source, graph, recorded.get());
    return new Expectation(recorded.get(), Reference.DEEPLEARNING4J);
  }

  /**
   * What the layers' definitions say, in loops of Java: a second or two.
   *
   * @throws UnsupportedLayerException where no image of a usual size fits
   * @throws IllegalStateException where all logits are the same, which proves nothing
   */
  public static Expectation computed(NetworkSource source, FastGraph graph) throws IOException {
    ProbeShape shape = ProbeShape.of(graph, source.input());
    float[] images = Probe.values(SEED, shape.image(), shape.images());
    float[] logits;
    try (Parameters parameters = source.parameters()) {
      logits = PlainReference.read(graph, parameters).logits(images, shape.image());
    }
    if (Probe.isConstant(logits)) {
      throw new IllegalStateException(
          source.name()
              + ": all its logits are "
              + logits[0]
              + ", so that the self-check proves nothing; SelfCheck.SKIP loads it unchecked");
    }
    return new Expectation(
        new Probe(SEED, shape.image(), shape.images(), logits), Reference.PLAIN_JAVA);
  }

  private static void requireFit(NetworkSource source, FastGraph graph, Probe probe)
      throws ArchiveException {
    boolean fits =
        probe.shape().channels() == graph.channels()
            && probe.classes() == graph.head().length()
            && GraphShapes.fits(graph, probe.shape());
    if (!fits) {
      throw new ArchiveException(
          source.name()
              + ": "
              + Probe.ENTRY
              + ": "
              + probe.classes()
              + " logits of images "
              + probe.shape()
              + " do not fit the network; convert its training form again");
    }
  }

  /**
   * Image by image, as a service asks, and by each kernel that the engine may come to choose: the
   * worst is what counts.
   */
  public SelfCheckReport compare(OneDnnEngine engine, Precision precision) {
    InputShape shape = probe.shape();
    BatchShape one = new BatchShape(1, shape.channels(), shape.height(), shape.width());
    double difference = 0;
    double agreement = 1;
    for (PlanRequest request : engine.possible(one)) {
      float[] actual = logits(engine, request);
      double found = probe.difference(actual);
      difference = found <= difference ? difference : found; // also where it is not a number
      agreement = Math.min(agreement, agreement(actual));
    }
    return new SelfCheckReport(
        reference,
        difference,
        SelfCheckReport.bound(precision),
        agreement,
        probe.images(),
        Optional.empty());
  }

  private float[] logits(OneDnnEngine engine, PlanRequest request) {
    float[] images = probe.values();
    int length = images.length / probe.images();
    FloatBuffer image = DirectFloats.zeros(length);
    FloatBuffer answer = DirectFloats.zeros(probe.classes());
    float[] actual = new float[probe.logits().length];
    for (int i = 0; i < probe.images(); i++) {
      image.clear().put(images, i * length, length).flip();
      engine.run(image, request, answer);
      answer.duplicate().clear().get(actual, i * probe.classes(), probe.classes());
    }
    return actual;
  }

  private double agreement(float[] actual) {
    int same = 0;
    for (int i = 0; i < probe.images(); i++) {
      same += best(actual, i) == best(probe.logits(), i) ? 1 : 0;
    }
    return same / (double) probe.images();
  }

  private int best(float[] logits, int image) {
    int best = image * probe.classes();
    for (int i = best; i < (image + 1) * probe.classes(); i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }
}
