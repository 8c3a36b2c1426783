package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.spec.RepVggSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a fast zip says of its images and classes, which no hash of its network covers, held against
 * what its training form says: {@code convert} takes it over as it is.
 */
final class MetadataCheck {

  private MetadataCheck() {}

  /** The first difference, one line; empty where both say the same. */
  static Optional<String> fault(ModelMetadata fast, ModelMetadata training) {
    return different(
            "input shape",
            fast.spec().map(RepVggSpec::input),
            training.spec().map(RepVggSpec::input))
        .or(() -> labels(fast.labels(), training.labels()))
        .or(() -> different("preprocessing", fast.preprocessing(), training.preprocessing()))
        .or(() -> different("spec", fast.spec(), training.spec()));
  }

  private static Optional<String> labels(List<String> fast, List<String> training) {
    if (fast.size() != training.size()) {
      return Optional.of(said("number of labels", fast.size(), training.size()));
    }
    for (int i = 0; i < fast.size(); i++) {
      if (!fast.get(i).equals(training.get(i))) {
        return Optional.of(
            said("label " + i, "'" + fast.get(i) + "'", "'" + training.get(i) + "'"));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> different(String what, Optional<?> fast, Optional<?> training) {
    return Objects.equals(fast, training)
        ? Optional.empty()
        : Optional.of(said(what, text(fast), text(training)));
  }

  private static String text(Optional<?> value) {
    return value.map(Object::toString).orElse("none");
  }

  private static String said(String what, Object fast, Object training) {
    return ModelArchive.METADATA
        + ": "
        + what
        + " is "
        + fast
        + ", the training form's "
        + training;
  }
}
