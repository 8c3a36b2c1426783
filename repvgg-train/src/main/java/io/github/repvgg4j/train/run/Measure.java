package io.github.repvgg4j.train.run;

import java.util.function.Function;

/** A test figure by which the best epoch is chosen; the larger the better. */
public enum Measure {
  TOP1("top-1", EpochMetrics::top1),
  BALANCED_ACCURACY("balanced accuracy", EpochMetrics::balancedAccuracy);

  private final String label;
  private final Function<EpochMetrics, Double> value;

  Measure(String label, Function<EpochMetrics, Double> value) {
    this.label = label;
    this.value = value;
  }

  /** In words. */
  public String label() {
    return label;
  }

  /** Of an epoch, 0 to 1; null where it was not tested. */
  public Double of(EpochMetrics epoch) {
    return value.apply(epoch);
  }
}
