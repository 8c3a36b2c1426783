package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.runtime.check.PlainReference.Step;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.plan.Arithmetic;
import io.github.repvgg4j.runtime.plan.BatchShape;
import io.github.repvgg4j.runtime.plan.OneDnnEngine;
import io.github.repvgg4j.runtime.plan.PlanRequest;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How far rounding in float32 can take the logits of one image. Each step's own roundings are
 * bounded around its exact value ({@link Roundings}, {@link WinogradRoundings}); the derivative of
 * a logit by each number, taken back through the network in float64, says what of them arrives.
 * Summed by absolute values that is the worst case, as independent errors an estimate. Terms of u^2
 * are left out, such as a ReLU that would turn about.
 */
public final class LogitBounds {

  /** Standard deviations that the estimate allows, as those of the certificate. */
  private static final double LAMBDA = 8;

  /** Logits looked at; each takes a pass through the network. */
  private static final int LOGITS = 2;

  private final PlainReference reference;
  private final Plane image;
  private final List<Plane> values;
  private final double[] logits;

  /**
   * What reaches the logits, in their unit.
   *
   * @param worst of each logit asked for
   * @param estimated of each logit asked for
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Reach(double[] worst, double[] estimated) {}

  /**
   * Of one probe image, as small as the network takes it.
   *
   * @param input that it takes
   */
  public static List<LogitBound> ofProbe(FastGraph graph, OneDnnEngine engine, InputShape input) {
    InputShape shape = ProbeShape.of(graph, Optional.of(input)).image();
    return of(graph, engine, Probe.values(Expectation.SEED, shape, 1), shape);
  }

  /**
   * By every kernel that an engine may come to choose for one image.
   *
   * @param image {@code [C, H, W]} in C order, normalised
   * @param shape of the image
   */
  public static List<LogitBound> of(
      FastGraph graph, OneDnnEngine engine, float[] image, InputShape shape) {
    BatchShape one = new BatchShape(1, shape.channels(), shape.height(), shape.width());
    List<PlanRequest> requests = engine.possible(one);
    List<List<Arithmetic>> choices = requests.stream().map(engine::arithmetic).toList();
    LogitBounds bounds =
        new LogitBounds(PlainReference.of(graph, engine.parameters()), Plane.of(shape, image, 0));
    List<Integer> classes = bounds.largest(LOGITS);
    List<Reach> reaches = bounds.of(choices, classes);
    double unit = Math.abs(bounds.logits[classes.get(0)]);
    List<LogitBound> found = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      found.add(
          new LogitBound(
              requests.get(i).kernel().orElseThrow(),
              Arrays.stream(reaches.get(i).worst).max().orElseThrow() / unit,
              Arrays.stream(reaches.get(i).estimated).max().orElseThrow() / unit,
              classes.size()));
    }
    return List.copyOf(found);
  }

  LogitBounds(PlainReference reference, Plane image) {
    this.reference = reference;
    this.image = image;
    this.values = reference.values(image);
    this.logits = values.get(reference.head()).values();
  }

  /** Exact but for float64's own roundings. */
  double[] logits() {
    return logits.clone();
  }

  /** Numbers of the logits of the largest size. */
  List<Integer> largest(int most) {
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -Math.abs(logits[i])))
        .limit(most)
        .toList();
  }

  /**
   * For each choice of kernels what reaches each logit.
   *
   * @param choices of each the arithmetic of every node of the graph
   */
  List<Reach> of(List<List<Arithmetic>> choices, List<Integer> classes) {
    List<Reach> reaches = new ArrayList<>();
    choices.forEach(
        choice -> reaches.add(new Reach(new double[classes.size()], new double[classes.size()])));
    List<List<Plane>> slopes = classes.stream().map(this::slopes).toList();
    for (int s = 0; s < reference.steps().size(); s++) {
      Roundings last = null;
      for (int i = 0; i < choices.size(); i++) {
        int node = reference.steps().get(s).node();
        Arithmetic arithmetic = choices.get(i).get(node);
        boolean same = last != null && choices.get(i - 1).get(node) == arithmetic;
        last = same ? last : roundings(s, arithmetic);
        for (int c = 0; c < classes.size(); c++) {
          add(last, slopes.get(c).get(s), reaches.get(i), c);
        }
      }
    }
    reaches.forEach(
        reach -> Arrays.setAll(reach.estimated, c -> LAMBDA * Math.sqrt(reach.estimated[c])));
    return reaches;
  }

  private Roundings roundings(int number, Arithmetic arithmetic) {
    Step step = reference.steps().get(number);
    return step.work().roundings(step.read(image, values), values.get(number), arithmetic);
  }

  /** Estimates are summed as variances. */
  private static void add(Roundings roundings, Plane slope, Reach reach, int logit) {
    for (int i = 0; i < slope.values().length; i++) {
      double factor = slope.values()[i];
      reach.worst[logit] += Math.abs(factor) * roundings.worst()[i];
      reach.estimated[logit] += factor * factor * roundings.variance()[i];
    }
  }

  /** The derivative of one logit by each step's value. */
  private List<Plane> slopes(int logit) {
    List<Plane> slopes = new ArrayList<>();
    values.forEach(value -> slopes.add(value.alike()));
    slopes.get(reference.head()).values()[logit] = 1;
    for (int s = reference.head(); s >= 0; s--) {
      Step step = reference.steps().get(s);
      List<Plane> back = step.work().back(step.read(image, values), slopes.get(s));
      for (int i = 0; i < back.size(); i++) {
        if (step.inputs().get(i) != FastGraph.IMAGES) {
          slopes.get(step.inputs().get(i)).add(back.get(i));
        }
      }
    }
    return slopes;
  }
}
