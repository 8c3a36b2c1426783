package io.github.repvgg4j.yaml;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes records of a file's keys. A component is a text, a number, a truth value, an enum, a list
 * of these, another record, or a sealed interface whose records have a {@link Choice}; a key that
 * is missing is null, for the record's constructor to fill in.
 */
public final class RecordReader {

  private final String file;
  private final Keys all;

  private RecordReader(String file, Class<?> root) {
    this.file = file;
    this.all = new Keys(root);
  }

  /**
   * @param file for messages
   * @param keys the record's
   * @param path of these keys in the file, empty for all of it
   * @throws YamlException one line: file, key, fault, remedy, line
   */
  public static <T extends Record> T read(
      String file, YamlNode.Mapping keys, String path, Class<T> type) {
    return type.cast(new RecordReader(file, type).record(keys, path, type));
  }

  private Object value(YamlNode node, String path, Type type) {
    if (node == null || YamlNode.isNull(node)) {
      return null;
    }
    if (type instanceof ParameterizedType list) {
      return list(node, path, list.getActualTypeArguments()[0]);
    }
    Class<?> target = (Class<?>) type;
    if (target.isRecord() || target.isSealed() && target.isInterface()) {
      if (!(node instanceof YamlNode.Mapping mapping)) {
        throw fault(
            node,
            path,
            "must have keys below it, such as "
                + all.below(target).iterator().next()
                + ":; got "
                + node.kind());
      }
      return target.isRecord() ? record(mapping, path, target) : choice(mapping, path, target);
    }
    try {
      return single(node, target);
    } catch (IllegalArgumentException e) {
      throw fault(node, path, e.getMessage());
    }
  }

  private static Object single(YamlNode node, Class<?> target) {
    if (target == Integer.class) {
      return (int) Numbers.whole(node, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (target == Long.class) {
      return Numbers.whole(node, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (target == Double.class) {
      return Numbers.decimal(node);
    }
    if (target == Boolean.class) {
      return Numbers.truth(node);
    }
    if (!(node instanceof YamlNode.Scalar scalar)) {
      throw new IllegalArgumentException("must be a single text, got " + node.kind());
    }
    return target == String.class ? scalar.text() : constant(scalar.text(), target);
  }

  private static Object constant(String text, Class<?> type) {
    String wanted = text.replace('_', '-');
    for (Object constant : type.getEnumConstants()) {
      if (Words.of((Enum<?>) constant).equalsIgnoreCase(wanted)) {
        return constant;
      }
    }
    List<String> known = Words.of(type);
    throw new IllegalArgumentException(
        "must be one of " + String.join(", ", known) + ", got '" + text + "'" + meant(text, known));
  }

  private List<Object> list(YamlNode node, String path, Type item) {
    if (!(node instanceof YamlNode.Sequence sequence)) {
      throw fault(node, path, "must be a list in [ ], got " + node.kind());
    }
    List<Object> values = new ArrayList<>();
    for (YamlNode value : sequence.items()) {
      String below = path + "[" + values.size() + "]";
      if (YamlNode.isNull(value)) {
        throw fault(value, below, "has no value");
      }
      values.add(value(value, below, item));
    }
    return values;
  }

  private Object choice(YamlNode.Mapping mapping, String path, Class<?> type) {
    List<String> names = Keys.choices(type);
    YamlNode chosen = mapping.get(Choice.KEY);
    if (chosen == null || YamlNode.isNull(chosen)) {
      throw fault(mapping, path + "." + Choice.KEY, "is required: " + String.join(", ", names));
    }
    String text = chosen instanceof YamlNode.Scalar scalar ? scalar.text() : "";
    for (Class<?> option : type.getPermittedSubclasses()) {
      if (option.getAnnotation(Choice.class).value().equalsIgnoreCase(text)) {
        return record(mapping.with(Choice.KEY, null), path, option);
      }
    }
    throw fault(
        chosen,
        path + "." + Choice.KEY,
        "must be one of "
            + String.join(", ", names)
            + ", got "
            + chosen.kind()
            + meant(text, names));
  }

  private Object record(YamlNode.Mapping mapping, String path, Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Set<String> known = new LinkedHashSet<>();
    Arrays.stream(components).forEach(component -> known.add(component.getName()));
    mapping.entries().forEach((key, value) -> requireKnown(key, value, path, known));
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      String key = components[i].getName();
      values[i] = value(mapping.get(key), join(path, key), components[i].getGenericType());
    }
    return construct(mapping, path, type, values);
  }

  private Object construct(YamlNode.Mapping mapping, String path, Class<?> type, Object[] values) {
    try {
      Constructor<?> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(type.getRecordComponents())
                  .map(RecordComponent::getType)
                  .toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        String message = String.valueOf(refused.getMessage());
        YamlNode at = mapping.get(message.split("[\\[:. ]", 2)[0]);
        throw fault(at == null ? mapping : at, path, message, ".");
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private void requireKnown(String key, YamlNode value, String path, Set<String> known) {
    if (known.contains(key)) {
      return;
    }
    int colon = key.indexOf(':');
    if (colon > 0 && known.contains(key.substring(0, colon).strip())) {
      throw fault(
          value, join(path, key.substring(0, colon).strip()), "needs a plain space after its ':'");
    }
    Optional<String> here = Words.nearest(key, known);
    Optional<String> elsewhere = all.elsewhere(key, path);
    String advice =
        elsewhere.isPresent() && here.filter(near -> Words.distance(key, near) < 2).isEmpty()
            ? "belongs " + elsewhere.get()
            : here.map(near -> "did you mean '" + near + "'?")
                .orElse("known here: " + known.stream().sorted().toList());
    throw fault(value, join(path, key), "unknown key; " + advice);
  }

  private static String meant(String text, List<String> known) {
    return Words.nearest(text, known).map(near -> "; did you mean '" + near + "'?").orElse("");
  }

  private YamlException fault(YamlNode node, String path, String fault) {
    return fault(node, path, fault, ": ");
  }

  private YamlException fault(YamlNode node, String path, String fault, String between) {
    return YamlException.at(file, node.line(), path.isEmpty() ? fault : path + between + fault);
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
