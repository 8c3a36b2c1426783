package io.github.repvgg4j.yaml;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.Iterator;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * A YAML file with one document.
 *
 * @param name for messages
 * @param root its value
 */
public record YamlFile(String name, YamlNode root) {

  /**
   * @throws YamlException one line: file, fault, remedy, line
   */
  public static YamlFile read(Path file) {
    return parse(file.toString(), YamlText.read(file));
  }

  /**
   * @param name for messages
   * @throws YamlException one line: name, fault, remedy, line
   */
  public static YamlFile parse(String name, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(Integer.MAX_VALUE); // NodeReader counts what they unfold to
    options.setTagInspector(tag -> true); // nothing is constructed; NodeReader refuses by name
    try {
      Iterator<Node> documents = new Yaml(options).composeAll(new StringReader(text)).iterator();
      if (!documents.hasNext()) {
        throw empty(name);
      }
      Node root = documents.next();
      if (documents.hasNext()) {
        throw YamlException.at(
            name,
            documents.next().getStartMark().getLine() + 1,
            "holds a second document after '---'; put it into a file of its own");
      }
      return new YamlFile(name, new NodeReader(name).read(root));
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
      throw YamlException.at(name, mark == null ? 0 : mark.getLine() + 1, words(e, text));
    } catch (YAMLException e) {
      throw new YamlException(name + ": is no YAML: " + firstLine(e.getMessage()));
    }
  }

  /** The keys of a file whose value is keys. */
  public YamlNode.Mapping keys() {
    if (root instanceof YamlNode.Mapping mapping) {
      return mapping;
    }
    if (YamlNode.isNull(root)) {
      throw empty(name);
    }
    throw YamlException.at(
        name,
        root.line(),
        "needs keys with values at the top, such as 'model:'; got " + root.kind());
  }

  private static YamlException empty(String name) {
    return new YamlException(name + ": is empty; it needs keys with values, such as 'model:'");
  }

  private static String words(MarkedYAMLException e, String text) {
    String problem = String.valueOf(e.getProblem());
    if (problem.contains("\\t(TAB)")) {
      return (isIndent(text, e.getProblemMark()) ? "is indented with a tab" : "holds a tab")
          + "; YAML takes spaces only";
    }
    if (String.valueOf(e.getContext()).contains("double-quoted") && problem.contains("escape")) {
      return "is no YAML: in double quotes a backslash begins an escape; write single quotes, or /"
          + " in paths";
    }
    if (problem.contains("undefined alias")) {
      return problem.replaceFirst(
          ".*undefined alias (\\S+).*", "alias *$1 has no anchor &$1 before it");
    }
    if (problem.contains("mapping values are not allowed")) {
      return "is no YAML: a ':' where no key can stand; check the indentation, or quote the text";
    }
    String context = e.getContext() == null ? "" : firstLine(e.getContext()) + ": ";
    return "is no YAML: " + context + firstLine(problem);
  }

  private static boolean isIndent(String text, Mark mark) {
    String line = text.lines().skip(mark.getLine()).findFirst().orElse("");
    return line.substring(0, Math.min(mark.getColumn(), line.length())).isBlank();
  }

  private static String firstLine(String message) {
    return message == null ? "" : message.lines().findFirst().orElse("");
  }
}
