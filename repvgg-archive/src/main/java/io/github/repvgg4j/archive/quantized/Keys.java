package io.github.repvgg4j.archive.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A JSON object read strictly: a key that is missing, or of another kind than is asked for, is an
 * {@link IllegalArgumentException} of one line that names it.
 *
 * @param path of the object, with a dot behind it; empty for the root
 */
record Keys(String path, JsonNode json) {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int SHOWN = 40;
  private static final int MAX_TEXT = 1000;

  Keys {
    if (!json.isObject()) {
      throw new IllegalArgumentException(
          (path.isEmpty() ? "" : path.substring(0, path.length() - 1) + ": ")
              + "must be an object, got "
              + shown(json));
    }
  }

  IllegalArgumentException fault(String key, String what) {
    return new IllegalArgumentException(path + key + ": " + what);
  }

  /** Adds the path to what a value's own check says. */
  <T> T checked(Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      String said = String.valueOf(e.getMessage());
      throw said.startsWith(path) ? e : new IllegalArgumentException(path + said, e);
    }
  }

  int whole(String key) {
    JsonNode value = json.path(key);
    if (!value.isInt()) {
      throw fault(key, "must be a whole number, got " + shown(value));
    }
    return value.asInt();
  }

  /** 0 or more. */
  long large(String key) {
    JsonNode value = json.path(key);
    if (!(value.isInt() || value.isLong()) || value.asLong() < 0) {
      throw fault(key, "must be a whole number, got " + shown(value));
    }
    return value.asLong();
  }

  float number(String key) {
    JsonNode value = json.path(key);
    if (!value.isNumber()) {
      throw fault(key, "must be a number, got " + shown(value));
    }
    return value.floatValue();
  }

  /** Of one line, which a message may hold. */
  String text(String key) {
    JsonNode value = json.path(key);
    if (!value.isTextual() || value.asText().length() > MAX_TEXT) {
      throw fault(key, "must be a text, got " + shown(value));
    }
    if (value.asText().chars().anyMatch(Character::isISOControl)) {
      throw fault(key, "must be a text without control characters");
    }
    return value.asText();
  }

  String hash(String key) {
    String text = text(key);
    if (!SHA256.matcher(text).matches()) {
      throw fault(key, "must be a sha256, got " + shown(json.path(key)));
    }
    return text;
  }

  Keys object(String key) {
    return new Keys(path + key + ".", json.path(key));
  }

  /** Empty where the key is missing. */
  Optional<Keys> optional(String key) {
    return json.has(key) ? Optional.of(object(key)) : Optional.empty();
  }

  JsonNode list(String key) {
    JsonNode value = json.path(key);
    if (!value.isArray()) {
      throw fault(key, "must be a list, got " + shown(value));
    }
    return value;
  }

  List<Keys> objects(String key) {
    JsonNode list = list(key);
    List<Keys> objects = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      objects.add(new Keys(path + key + "[" + i + "].", list.get(i)));
    }
    return objects;
  }

  /** A value for a message of one line. */
  static String shown(JsonNode value) {
    if (value.isMissingNode()) {
      return "nothing";
    }
    if (value.isContainerNode()) {
      return value.isArray() ? "a list" : "an object";
    }
    String text = value.toString();
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
  }
}
