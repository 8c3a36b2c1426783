package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.deploy.convert.ConversionReport.Accuracy;
import io.github.repvgg4j.deploy.convert.ConversionReport.OutputDifference;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.model.head.HeadFunction.Activated;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What accumulates of one output over the images. */
final class OutputTally {

  private final Head head;
  private List<Long> shape = List.of();
  private double[] first;
  private boolean varies;
  private double maxAbs;
  private double largest;
  private long images;
  private long places;
  private long agree;
  private long modelRight;
  private long fastRight;

  OutputTally(Head head) {
    this.head = head;
  }

  /**
   * Adds some images.
   *
   * @param a the model's logits
   * @param b the fast form's
   * @param classes of all images; null where unknown
   * @param from the first image's place in {@code classes}
   */
  void add(INDArray a, INDArray b, int[] classes, int from) {
    if (!Arrays.equals(a.shape(), b.shape())) {
      throw new IllegalStateException(
          "output "
              + head.name()
              + ": shapes "
              + a.shapeInfoToString()
              + " and "
              + b.shapeInfoToString());
    }
    shape = Arrays.stream(a.shape()).skip(1).boxed().toList();
    images += a.size(0);
    double[] reference = numbers(a);
    addVariation(reference, Math.toIntExact(a.size(0)));
    addDifference(reference, numbers(b));
    if (isOfClasses(a.rank())) {
      addAnswers(rows(a), rows(b), classes, from);
    }
  }

  private static double[] numbers(INDArray values) {
    return values.castTo(DataType.DOUBLE).dup('c').data().asDouble();
  }

  private void addVariation(double[] values, int rows) {
    int length = values.length / rows;
    first = first == null ? Arrays.copyOf(values, length) : first;
    for (int row = 0; row < rows; row++) {
      varies |= !Arrays.equals(first, 0, length, values, row * length, (row + 1) * length);
    }
  }

  private void addDifference(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      maxAbs = Math.max(maxAbs, Math.abs(a[i] - b[i])); // NaN stays NaN
      largest = Math.max(largest, Math.abs(a[i]));
    }
  }

  private boolean isOfClasses(int rank) {
    boolean classes = rank == 2 || head.function().meaning().isProbability();
    return classes && head.function() instanceof Activated;
  }

  /**
   * Logits by place.
   *
   * @param values of all images and pixels, one after the other
   * @param classes numbers of each
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Rows(double[] values, int classes) {

    int count() {
      return values.length / classes;
    }

    int best(int row) {
      int best = row * classes;
      for (int i = best + 1; i < (row + 1) * classes; i++) {
        best = values[i] > values[best] ? i : best;
      }
      return best - row * classes;
    }
  }

  private Rows rows(INDArray values) {
    int axis = ((Activated) head.function()).classAxis();
    int rank = values.rank();
    int from = axis == Activated.LAST_AXIS ? rank - 1 : axis;
    INDArray last = values;
    if (from != rank - 1) {
      int[] order = new int[rank];
      for (int i = 0; i < rank; i++) {
        order[i] = i < from ? i : i == rank - 1 ? from : i + 1;
      }
      last = last.permute(order);
    }
    return new Rows(numbers(last), Math.toIntExact(values.size(from)));
  }

  private void addAnswers(Rows a, Rows b, int[] classes, int from) {
    places += a.count();
    for (int i = 0; i < a.count(); i++) {
      int first = a.best(i);
      int second = b.best(i);
      agree += first == second ? 1 : 0;
      if (classes != null && from + i < classes.length) {
        modelRight += first == classes[from + i] ? 1 : 0;
        fastRight += second == classes[from + i] ? 1 : 0;
      }
    }
  }

  OutputDifference difference() {
    double relative = maxAbs == 0 ? 0 : maxAbs / largest;
    return new OutputDifference(head.name(), head.function().text(), shape, maxAbs, relative);
  }

  /**
   * Why agreeing with the model's output proves nothing: it is zero throughout, or the same for all
   * images, whatever the convolutions do. Empty where it proves something.
   */
  Optional<String> flaw() {
    if (largest == 0) {
      return Optional.of("is zero on all that it was compared on");
    }
    return Double.isFinite(largest) && images > 1 && !varies
        ? Optional.of("is the same for all images that it was compared on")
        : Optional.empty();
  }

  String name() {
    return head.name();
  }

  /** Null where this is no output of one answer an image. */
  Accuracy accuracy() {
    if (places != images) {
      return null;
    }
    return new Accuracy((double) modelRight / images, (double) fastRight / images);
  }

  static Double agreement(List<OutputTally> tallies) {
    long places = tallies.stream().mapToLong(tally -> tally.places).sum();
    return places == 0
        ? null
        : (double) tallies.stream().mapToLong(tally -> tally.agree).sum() / places;
  }
}
