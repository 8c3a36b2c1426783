package io.github.repvgg4j.accelerate;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;

/**
 * Finds the networks that a {@code ParallelInference} keeps inside: it rebuilds them from the
 * configuration and offers no way to reach them. Follows the fields of Deeplearning4j's parallelism
 * classes; this package doesn't depend on them.
 */
final class Replicas {

  private static final String PACKAGE = "org.deeplearning4j.parallelism.";

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Model> models = new ArrayList<>();

  private Replicas() {}

  static List<Model> of(Object parallelInference) {
    if (!parallelInference.getClass().getName().startsWith(PACKAGE)) {
      throw new IllegalArgumentException(
          "accelerate: not a ParallelInference: " + parallelInference.getClass().getName());
    }
    Replicas replicas = new Replicas();
    replicas.visit(parallelInference);
    return replicas.models;
  }

  private void visit(Object value) {
    if (value == null || !seen.add(value)) {
      return;
    }
    if (value instanceof Model model) {
      models.add(model);
    } else if (value instanceof Collection<?> values) {
      values.forEach(this::visit);
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(this::visit);
    } else if (value instanceof Object[] array) {
      for (int i = 0; i < Array.getLength(array); i++) {
        visit(array[i]);
      }
    } else if (value.getClass().getName().startsWith(PACKAGE)) {
      visitFields(value);
    }
  }

  private void visitFields(Object owner) {
    for (Class<?> c = owner.getClass(); c.getName().startsWith(PACKAGE); c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
          continue;
        }
        try {
          field.setAccessible(true);
          visit(field.get(owner));
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
