package io.github.repvgg4j.data.listing;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The parts of a data set and the names that people give to them, in any case. */
public enum SplitName {
  TRAIN(List.of("train", "training")),
  /** Which epoch is best is chosen by it, where there is one. */
  VAL(List.of("val", "valid", "validation", "dev")),
  TEST(List.of("test", "testing"));

  private final List<String> names;

  SplitName(List<String> names) {
    this.names = names;
  }

  static Optional<SplitName> of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (SplitName split : values()) {
      if (split.names.contains(lower)) {
        return Optional.of(split);
      }
    }
    return Optional.empty();
  }

  /** Its usual name. */
  public String text() {
    return names.get(0);
  }
}
