package io.github.repvgg4j.yaml;

/** A YAML file that cannot be used. The message is one line: file, key, fault, remedy. */
public final class YamlException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public YamlException(String message) {
    super(message);
  }

  /**
   * @param line from 1; 0 where none is known
   */
  static YamlException at(String file, int line, String fault) {
    return new YamlException(file + ": " + fault + (line > 0 ? " (line " + line + ")" : ""));
  }
}
