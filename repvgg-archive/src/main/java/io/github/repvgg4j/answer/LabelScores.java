package io.github.repvgg4j.answer;

import io.github.repvgg4j.answer.LabelFigures.OneClass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Collects what a network answers to images of known classes, where each class stands by itself.
 * Keeps 4 bytes a class and image.
 */
public final class LabelScores {

  /** From which probability on a class counts as answered where nothing else is said. */
  public static final double THRESHOLD = 0.5;

  private final int classes;
  private final List<float[]> answers = new ArrayList<>();
  private final List<BitSet> truths = new ArrayList<>();

  public LabelScores(int classes) {
    this.classes = classes;
  }

  /**
   * One image.
   *
   * @param probabilities one a class, 0 to 1; NaN is less likely than anything
   * @param shown the classes that it shows, from 0
   */
  public void add(double[] probabilities, int[] shown) {
    float[] kept = new float[classes];
    for (int c = 0; c < classes; c++) {
      kept[c] = Double.isNaN(probabilities[c]) ? Float.NEGATIVE_INFINITY : (float) probabilities[c];
    }
    BitSet truth = new BitSet(classes);
    IntStream.of(shown).forEach(truth::set);
    answers.add(kept);
    truths.add(truth);
  }

  /** Images so far. */
  public int images() {
    return answers.size();
  }

  /** How often answers and truth agree, and how they do not. */
  private record Counts(int right, int wronglyAnswered, int missed) {

    double precision() {
      return share(right, right + wronglyAnswered);
    }

    double recall() {
      return share(right, right + missed);
    }

    double f1() {
      return share(2 * right, 2 * right + wronglyAnswered + missed);
    }

    private static double share(int part, int whole) {
      return whole == 0 ? 0 : (double) part / whole;
    }

    Counts plus(Counts other) {
      return new Counts(
          right + other.right, wronglyAnswered + other.wronglyAnswered, missed + other.missed);
    }
  }

  /**
   * @param threshold probability from which on a class counts as answered
   */
  public LabelFigures figures(double threshold) {
    Counts all = new Counts(0, 0, 0);
    List<OneClass> each = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      Counts counts = counts(c, threshold);
      all = all.plus(counts);
      each.add(
          new OneClass(
              counts.right + counts.missed,
              counts.precision(),
              counts.recall(),
              counts.f1(),
              averagePrecision(c)));
    }
    OptionalDouble mean =
        each.stream()
            .map(OneClass::averagePrecision)
            .filter(Objects::nonNull)
            .mapToDouble(p -> p)
            .average();
    return new LabelFigures(
        images(),
        threshold,
        mean.isPresent() ? (Double) mean.getAsDouble() : null,
        all.f1(),
        each.stream().mapToDouble(OneClass::f1).average().orElse(0),
        exactMatch(threshold),
        each);
  }

  private Counts counts(int c, double threshold) {
    int right = 0;
    int wrong = 0;
    int missed = 0;
    for (int i = 0; i < images(); i++) {
      boolean answered = answers.get(i)[c] >= (float) threshold;
      boolean shown = truths.get(i).get(c);
      right += answered && shown ? 1 : 0;
      wrong += answered && !shown ? 1 : 0;
      missed += !answered && shown ? 1 : 0;
    }
    return new Counts(right, wrong, missed);
  }

  private double exactMatch(double threshold) {
    int exact = 0;
    for (int i = 0; i < images(); i++) {
      float[] row = answers.get(i);
      BitSet answered = new BitSet(classes);
      IntStream.range(0, classes).filter(c -> row[c] >= (float) threshold).forEach(answered::set);
      exact += answered.equals(truths.get(i)) ? 1 : 0;
    }
    return images() == 0 ? 0 : (double) exact / images();
  }

  /**
   * Sum over the falling answers of (recall - recall before) times precision; equal answers count
   * together.
   */
  private Double averagePrecision(int c) {
    Integer[] order =
        IntStream.range(0, images())
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -answers.get(i)[c]))
            .toArray(Integer[]::new);
    long shown = Arrays.stream(order).filter(i -> truths.get(i).get(c)).count();
    if (shown == 0) {
      return null;
    }
    double sum = 0;
    int right = 0;
    int before = 0;
    for (int i = 0; i < order.length; i++) {
      right += truths.get(order[i]).get(c) ? 1 : 0;
      boolean last =
          i == order.length - 1 || answers.get(order[i + 1])[c] != answers.get(order[i])[c];
      if (last) {
        sum += (double) (right - before) / shown * right / (i + 1);
        before = right;
      }
    }
    return sum;
  }
}
