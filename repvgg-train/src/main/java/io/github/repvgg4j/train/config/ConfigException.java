package io.github.repvgg4j.train.config;

/** A configuration that cannot be used. The message is one line: file, key, fault, remedy. */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}
