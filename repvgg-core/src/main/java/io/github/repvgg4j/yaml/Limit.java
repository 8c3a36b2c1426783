package io.github.repvgg4j.yaml;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a key's number may be, and whether the key has to be there. Written once, at the record's
 * component: {@link Limits} checks by it, and the JSON Schema is made from it.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Limit {

  /** Smallest number. */
  double min() default Double.NEGATIVE_INFINITY;

  /** Every number must be greater. */
  double above() default Double.NEGATIVE_INFINITY;

  /** Largest number. */
  double max() default Double.POSITIVE_INFINITY;

  /** Every number must be less. */
  double below() default Double.POSITIVE_INFINITY;

  /** How many items a list has; -1 for any number. */
  int size() default -1;

  /** How many items a list has at least. */
  int minSize() default 0;

  /** Whether the key must be there, whatever the others are. */
  boolean required() default false;

  /** Whether the text is a file or folder: not empty, and written out, without ~ or variables. */
  boolean path() default false;

  /** With a message about a missing key: what it could be. */
  String example() default "";
}
