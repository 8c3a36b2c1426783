package io.github.repvgg4j.yaml;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the key {@code type} calls a record that a sealed interface permits. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Choice {

  /** The key that tells them apart. */
  String KEY = "type";

  /** Its value. */
  String value();
}
