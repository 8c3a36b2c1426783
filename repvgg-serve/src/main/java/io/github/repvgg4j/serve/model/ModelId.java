package io.github.repvgg4j.serve.model;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model is called: by its file, {@code NAME.zip} (version 1) or {@code NAME@VERSION.zip}. A
 * number behind a hyphen is part of the name, since models are called {@code resnet-50}.
 *
 * @param name letters, digits, {@code . _ -}, at most {@value #MAX_NAME}, not beginning with a
 *     point, so that it needs no escapes in a URL
 * @param version 1 or more
 */
public record ModelId(String name, int version) implements Comparable<ModelId> {

  /** Longest name. */
  public static final int MAX_NAME = 100;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
  private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,8}");
  private static final Pattern FILE = Pattern.compile("(?s)(.*?)(?:@([^@]*))?\\.zip");

  public ModelId {
    if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name: letters, digits, '.', '_' and '-', at most " + MAX_NAME + ", got '" + name + "'");
    }
    if (version < 1) {
      throw new IllegalArgumentException("version: 1 or more, got " + version);
    }
  }

  /** Of a file's name; empty where it isn't one of a model. */
  public static Optional<ModelId> ofFile(String file) {
    Matcher matcher = FILE.matcher(file);
    if (!matcher.matches() || !NAME.matcher(matcher.group(1)).matches()) {
      return Optional.empty();
    }
    if (matcher.group(1).length() > MAX_NAME) {
      return Optional.empty();
    }
    return matcher.group(2) == null
        ? Optional.of(new ModelId(matcher.group(1), 1))
        : version(matcher.group(2)).map(version -> new ModelId(matcher.group(1), version));
  }

  /** Of a URL; empty for what is no version. */
  public static Optional<Integer> version(String text) {
    return VERSION.matcher(text).matches() ? Optional.of(Integer.parseInt(text)) : Optional.empty();
  }

  @Override
  public int compareTo(ModelId other) {
    return Comparator.comparing(ModelId::name)
        .thenComparingInt(ModelId::version)
        .compare(this, other);
  }

  /** For logs. */
  @Override
  public String toString() {
    return name + "@" + version;
  }
}
