package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.weights.ImportedWeights;
import io.github.repvgg4j.weights.StateDict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What an import took, what it left out, and what is wrong with it. */
final class ImportView {

  private static final int MOST_LISTED = 8;

  private ImportView() {}

  /** In lines, each with its line break. */
  static String text(Path file, ImportedWeights imported, StateDict dict, Path model) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    out.printf(
        Locale.ROOT,
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
          Locale.ROOT,
          "%s: such weights stand under '%s' as well; --from %s takes those%n",
          file,
          place,
          place);
    }
    if (!beside.leftOut().isEmpty()) {
      out.printf(
          Locale.ROOT,
          "%s: left out, as no part of the network (%d): %s%n",
          file,
          beside.leftOut().size(),
          list(beside.leftOut()));
    }
    if (!beside.others().isEmpty()) {
      out.printf(Locale.ROOT, "%s: beside them, not taken: %s%n", file, list(beside.others()));
    }
    out.printf(Locale.ROOT, "%s: written%n", model);
    return text.toString();
  }

  /** The same as JSON has it. */
  static Map<String, Object> facts(
      Path file, ImportedWeights imported, StateDict dict, Path model, List<String> warnings) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("file", file.toString());
    facts.put("model", model.toString());
    facts.put("naming", imported.naming().label());
    facts.put("form", imported.form().name().toLowerCase(Locale.ROOT));
    facts.put("tensors", dict.tensors().size());
    facts.put("from", dict.location());
    facts.put("prefix", dict.prefix());
    facts.put("alternatives", texts(dict.beside().alternatives()));
    facts.put("leftOut", texts(dict.beside().leftOut()));
    facts.put("others", texts(dict.beside().others()));
    facts.put("warnings", warnings);
    return facts;
  }

  private static List<String> texts(Collection<?> values) {
    return values.stream().map(Object::toString).toList();
  }

  /** Lines for the error stream; the import is done all the same. */
  static List<String> warnings(Path file, ImportedWeights imported, Double givenEps) {
    List<String> warnings = new ArrayList<>();
    if (!imported.unusable().isEmpty()) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "warning: %s: holds numbers with which the network cannot compute an answer: %s",
              file,
              list(imported.unusable())));
    }
    if (givenEps != null && imported.form() == Form.FAST) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "warning: %s: is in the fused form, which has no BatchNorm; --bn-eps changes nothing",
              file));
    }
    return warnings;
  }

  private static String list(List<?> all) {
    return all.stream().limit(MOST_LISTED).map(Object::toString).collect(Collectors.joining(", "))
        + (all.size() > MOST_LISTED ? " and " + (all.size() - MOST_LISTED) + " more" : "");
  }
}
