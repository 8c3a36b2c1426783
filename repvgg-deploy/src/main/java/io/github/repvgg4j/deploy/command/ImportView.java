package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.weights.ImportedWeights;
import io.github.repvgg4j.weights.StateDict;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What an import took, what it left out, and what is wrong with it. */
final class ImportView {

  private static final int MOST_LISTED = 8;

  private ImportView() {}

  static void print(Path file, ImportedWeights imported, StateDict dict, PrintWriter out) {
    out.printf(
        "%s: %s names, %s form, %d tensors %s%s%s%n",
        file,
        imported.naming().label(),
        imported.form().name().toLowerCase(Locale.ROOT),
        dict.tensors().size(),
        imported.types(),
        dict.location().isEmpty() ? "" : ", from '" + dict.location() + "'",
        dict.prefix().isEmpty() ? "" : ", without the prefix '" + dict.prefix() + "'");
    StateDict.Beside beside = dict.beside();
    for (String place : beside.alternatives()) {
      out.printf(
          "%s: such weights stand under '%s' as well; --from %s takes those%n", file, place, place);
    }
    if (!beside.leftOut().isEmpty()) {
      out.printf(
          "%s: left out, as no part of the network (%d): %s%n",
          file, beside.leftOut().size(), list(beside.leftOut()));
    }
    if (!beside.others().isEmpty()) {
      out.printf("%s: beside them, not taken: %s%n", file, list(beside.others()));
    }
  }

  /** Lines for the error stream; the import is done all the same. */
  static List<String> warnings(Path file, ImportedWeights imported, Double givenEps) {
    List<String> warnings = new ArrayList<>();
    if (!imported.nonFinite().isEmpty()) {
      warnings.add(
          "warning: %s: not all weights are numbers, so the network will not answer with any: %s"
              .formatted(file, list(imported.nonFinite())));
    }
    if (givenEps != null && imported.form() == Form.FAST) {
      warnings.add(
          "warning: %s: is in the fused form, which has no BatchNorm; --bn-eps changes nothing"
              .formatted(file));
    }
    return warnings;
  }

  private static String list(List<?> all) {
    return all.stream().limit(MOST_LISTED).map(Object::toString).collect(Collectors.joining(", "))
        + (all.size() > MOST_LISTED ? " and " + (all.size() - MOST_LISTED) + " more" : "");
  }
}
