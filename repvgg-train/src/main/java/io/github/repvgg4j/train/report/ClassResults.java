package io.github.repvgg4j.train.report;

import io.github.repvgg4j.answer.LabelFigures;
import io.github.repvgg4j.train.loop.Evaluation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What became of each class of the test images.
 *
 * @param rows classes, the least accurate first, those without test images last; at most {@link
 *     #MAX_ROWS}
 * @param leftOut classes that have no row
 * @param matrix the confusion matrix, a row for each true class; empty for many classes
 * @param labels its columns
 * @param confusions the most frequent ones
 * @param figure what the rows' per cent are
 */
record ClassResults(
    List<ClassRow> rows,
    int leftOut,
    List<MatrixRow> matrix,
    List<String> labels,
    List<Confusion> confusions,
    Figure figure) {

  /** What is said of a class. */
  enum Figure {
    RECALL("right, %"),
    F1("F1, %");

    private final String title;

    Figure(String title) {
      this.title = title;
    }
  }

  static final int MAX_ROWS = 40;
  static final int MAX_MATRIX = 20;
  private static final int MAX_CONFUSIONS = 12;

  /**
   * Accuracy of one class: of its images, how many were recognised.
   *
   * @param trained its training images
   */
  record ClassRow(String label, int trained, int images, String percent) {}

  record MatrixRow(String label, List<Cell> cells) {}

  /**
   * @param count images
   * @param shade share of the true class, 0 to 100
   * @param right on the diagonal
   */
  record Cell(int count, int shade, boolean right) {}

  /** So many images of one class were taken for another. */
  record Confusion(String truth, String predicted, int count) {}

  /**
   * @param trained training images of each class
   * @param confusion {@code [true class][predicted class]}
   */
  static ClassResults of(List<String> labels, int[] trained, int[][] confusion) {
    int classes = labels.size();
    List<ClassRow> rows =
        IntStream.range(0, classes)
            .boxed()
            .sorted(Comparator.comparingDouble(c -> accuracy(confusion, c)))
            .map(
                c ->
                    new ClassRow(
                        labels.get(c),
                        trained[c],
                        total(confusion[c]),
                        Text.percent(accuracy(confusion, c))))
            .toList();
    return new ClassResults(
        rows.subList(0, Math.min(MAX_ROWS, classes)),
        Math.max(0, classes - MAX_ROWS),
        classes > MAX_MATRIX ? List.of() : matrix(labels, confusion),
        labels,
        confusions(labels, confusion),
        Figure.RECALL);
  }

  /**
   * Where each class stands by itself: none is taken for another.
   *
   * @param trained training images of each class
   */
  static ClassResults of(List<String> labels, int[] trained, Evaluation.SeveralClasses evaluation) {
    List<LabelFigures.OneClass> figures = evaluation.labels().classes();
    List<ClassRow> rows =
        IntStream.range(0, labels.size())
            .boxed()
            .sorted(Comparator.comparingDouble(c -> f1(figures.get(c))))
            .map(
                c ->
                    new ClassRow(
                        labels.get(c),
                        trained[c],
                        figures.get(c).images(),
                        Text.percent(f1(figures.get(c)))))
            .toList();
    return new ClassResults(
        rows.subList(0, Math.min(MAX_ROWS, rows.size())),
        Math.max(0, rows.size() - MAX_ROWS),
        List.of(),
        labels,
        List.of(),
        Figure.F1);
  }

  private static double f1(LabelFigures.OneClass figures) {
    return figures.images() == 0 ? Double.NaN : figures.f1();
  }

  /** Title of the column of per cent. */
  String percentTitle() {
    return figure.title;
  }

  /** Whether a class may be taken for another. */
  boolean isExclusive() {
    return figure == Figure.RECALL;
  }

  boolean hasMatrix() {
    return !matrix.isEmpty();
  }

  private static int total(int[] row) {
    return IntStream.of(row).sum();
  }

  /** NaN for a class without test images. */
  private static double accuracy(int[][] confusion, int c) {
    return (double) confusion[c][c] / total(confusion[c]);
  }

  private static List<MatrixRow> matrix(List<String> labels, int[][] confusion) {
    List<MatrixRow> rows = new ArrayList<>();
    for (int truth = 0; truth < confusion.length; truth++) {
      int[] counts = confusion[truth];
      int all = Math.max(1, total(counts));
      List<Cell> cells = new ArrayList<>();
      for (int c = 0; c < counts.length; c++) {
        cells.add(new Cell(counts[c], Math.round(100f * counts[c] / all), c == truth));
      }
      rows.add(new MatrixRow(labels.get(truth), cells));
    }
    return rows;
  }

  private static List<Confusion> confusions(List<String> labels, int[][] confusion) {
    List<Confusion> all = new ArrayList<>();
    for (int truth = 0; truth < confusion.length; truth++) {
      for (int c = 0; c < confusion.length; c++) {
        if (c != truth && confusion[truth][c] > 0) {
          all.add(new Confusion(labels.get(truth), labels.get(c), confusion[truth][c]));
        }
      }
    }
    all.sort(Comparator.comparingInt(Confusion::count).reversed());
    return List.copyOf(all.subList(0, Math.min(MAX_CONFUSIONS, all.size())));
  }
}
