package io.github.repvgg4j.yaml;

import io.github.repvgg4j.text.Printable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** SnakeYAML's graph as a tree: aliases become what they stand for, merge keys are merged. */
final class NodeReader {

  /** A configuration has about a hundred values; aliases of aliases unfold to billions. */
  private static final int MAX_VALUES = 10_000;

  private static final String STANDARD_TAG = "tag:yaml.org,2002:";
  private static final Set<String> TAGS =
      Set.of("str", "int", "float", "bool", "null", "map", "seq", "merge", "timestamp", "value");

  private final String name;
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private int values;

  NodeReader(String name) {
    this.name = name;
  }

  YamlNode read(Node root) {
    return read(root, lineOf(root), "");
  }

  private YamlNode read(Node node, int line, String path) {
    if (++values > MAX_VALUES) {
      throw fault(line, path, "unfolds to more than " + MAX_VALUES + " values; use fewer aliases");
    }
    String tag = node.getTag().getValue();
    if (!tag.startsWith(STANDARD_TAG) || !TAGS.contains(tag.substring(STANDARD_TAG.length()))) {
      throw fault(
          line, path, "has the tag " + shown(tag) + ", which means nothing here; take it out");
    }
    if (!open.add(node)) {
      throw fault(line, path, "holds itself by an alias");
    }
    try {
      return value(node, line, path);
    } finally {
      open.remove(node);
    }
  }

  private YamlNode value(Node node, int line, String path) {
    if (node instanceof ScalarNode scalar) {
      requireOneLine(scalar.getValue(), line, path);
      return new YamlNode.Scalar(
          line, scalar.getValue(), scalar.getScalarStyle() == ScalarStyle.PLAIN);
    }
    if (node instanceof SequenceNode sequence) {
      List<YamlNode> items = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        items.add(read(item, lineOf(item), path + "[" + items.size() + "]"));
      }
      return new YamlNode.Sequence(line, items);
    }
    return mapping((MappingNode) node, line, path);
  }

  /** No value has several lines; a Windows path in double quotes gets them without a word. */
  private void requireOneLine(String text, int line, String path) {
    String shown = Printable.of(text);
    if (!shown.equals(text)) {
      throw fault(
          line,
          path,
          "must be one line without control characters, got '"
              + shown
              + "'; in double quotes a backslash begins an escape: write single quotes, or / in"
              + " paths");
    }
  }

  private YamlNode.Mapping mapping(MappingNode node, int line, String path) {
    Map<String, YamlNode> entries = new LinkedHashMap<>();
    Map<String, Integer> lines = new HashMap<>();
    List<YamlNode.Mapping> merged = new ArrayList<>();
    for (NodeTuple entry : node.getValue()) {
      int keyLine = lineOf(entry.getKeyNode());
      if (!(entry.getKeyNode() instanceof ScalarNode scalar)) {
        throw fault(keyLine, path, "has a key that is no word");
      }
      String key = scalar.getValue();
      String below = path.isEmpty() ? key : path + "." + key;
      Integer first = lines.putIfAbsent(key, keyLine);
      if (first != null) {
        throw fault(keyLine, below, "stands twice, first in line " + first);
      }
      YamlNode value = read(entry.getValueNode(), keyLine, below);
      if (key.equals("<<") && scalar.getScalarStyle() == ScalarStyle.PLAIN) {
        collect(value, keyLine, below, merged);
      } else {
        entries.put(key, value);
      }
    }
    // The mapping's own keys come before merged ones, earlier merged ones before later ones.
    merged.forEach(mapping -> mapping.entries().forEach(entries::putIfAbsent));
    return new YamlNode.Mapping(line, entries);
  }

  private void collect(YamlNode value, int line, String path, List<YamlNode.Mapping> merged) {
    if (value instanceof YamlNode.Mapping mapping) {
      merged.add(mapping);
    } else if (value instanceof YamlNode.Sequence sequence
        && sequence.items().stream().allMatch(YamlNode.Mapping.class::isInstance)) {
      sequence.items().forEach(item -> merged.add((YamlNode.Mapping) item));
    } else {
      throw fault(
          line, path, "merges keys, so it needs an alias of keys with values, such as *base");
    }
  }

  private YamlException fault(int line, String path, String fault) {
    return YamlException.at(name, line, path.isEmpty() ? fault : path + ": " + fault);
  }

  private static int lineOf(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  private static String shown(String tag) {
    return tag.startsWith(STANDARD_TAG) ? "!!" + tag.substring(STANDARD_TAG.length()) : tag;
  }
}
