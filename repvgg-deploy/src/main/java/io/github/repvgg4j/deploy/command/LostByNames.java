package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.Downsample;
import io.github.repvgg4j.spec.RepVggSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a network computes with and the names of its tensors do not say. */
final class LostByNames {

  private LostByNames() {}

  /** Lines for the error stream; the export is done all the same. */
  static List<String> warnings(Path file, Form form, RepVggSpec spec) {
    List<String> lost = new ArrayList<>();
    double eps = spec.blockOptions().batchNormEps();
    if (form == Form.TRAINING && eps != RepVggSpec.BATCH_NORM_EPS) {
      lost.add("batchNormEps " + eps);
    }
    if (!spec.strides().equals(RepVggSpec.IMAGENET_STRIDES)) {
      lost.add("strides " + spec.strides());
    }
    if (spec.blockOptions().downsample() == Downsample.MAXPOOL) {
      lost.add("downsample maxpool");
    }
    return lost.isEmpty()
        ? List.of()
        : List.of(
            "warning: "
                + file
                + ": names of tensors do not say "
                + String.join(", ", lost)
                + "; the authors' classes compute another network unless they are built with the"
                + " same");
  }
}
