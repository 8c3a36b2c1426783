package io.github.repvgg4j.train.run;

import java.util.Locale;
import java.util.function.Function;

/** A test figure by which the best epoch is chosen; the larger the better. */
public enum Measure {
  TOP1("top-1", "top1", TestFigures::top1, EpochMetrics::top1),
  BALANCED_ACCURACY(
      "balanced accuracy",
      "balancedAccuracy",
      TestFigures::balancedAccuracy,
      EpochMetrics::balancedAccuracy),
  MEAN_AVERAGE_PRECISION(
      "mean average precision",
      "meanAveragePrecision",
      TestFigures::meanAveragePrecision,
      EpochMetrics::meanAveragePrecision);

  private final String label;
  private final String key;
  private final Function<TestFigures, Double> ofTest;
  private final Function<EpochMetrics, Double> ofEpoch;

  Measure(
      String label,
      String key,
      Function<TestFigures, Double> ofTest,
      Function<EpochMetrics, Double> ofEpoch) {
    this.label = label;
    this.key = key;
    this.ofTest = ofTest;
    this.ofEpoch = ofEpoch;
  }

  /** In words. */
  public String label() {
    return label;
  }

  /** As JSON has it. */
  public String key() {
    return key;
  }

  /** As JSON has it on {@code test}, where the best epoch was chosen by {@code val}. */
  public String finalKey() {
    return "final" + key.substring(0, 1).toUpperCase(Locale.ROOT) + key.substring(1);
  }

  /** Of a test, 0 to 1. */
  public double of(TestFigures test) {
    return ofTest.apply(test);
  }

  /** Of an epoch, 0 to 1; null where it was not tested. */
  public Double of(EpochMetrics epoch) {
    return ofEpoch.apply(epoch);
  }
}
