package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.weights.TorchConstructors.View;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the weights in what a checkpoint holds: the map itself, or one nested under the names that
 * training scripts use. Trained weights go before averaged ones, unless the caller names the place.
 */
final class StateDictFinder {

  private static final List<String> PREFERRED =
      List.of(
          "",
          "model",
          "state_dict",
          "model_state_dict",
          "model_state",
          "net",
          "network",
          "weights",
          "module",
          "params",
          "ema",
          "model_ema",
          "state_dict_ema",
          "ema_state_dict",
          "ema_state");

  private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.", "model.");

  private static final int MAX_DEPTH = 3;

  private StateDictFinder() {}

  /** Where the views stood, and the views by their names without wrappers' prefixes. */
  record Found(String location, Map<String, View> views) {}

  /**
   * @param path for messages
   * @param root what the pickle held
   * @param wanted the place to use, such as {@code model_ema}; empty to choose
   */
  static Found find(Path path, Object root, String wanted) throws ArchiveException {
    Map<String, Map<?, ?>> candidates = new LinkedHashMap<>();
    collect("", root, Collections.newSetFromMap(new IdentityHashMap<>()), candidates);
    if (candidates.isEmpty()) {
      throw new ArchiveException(
          path + ": holds no map of names to tensors; save model.state_dict()");
    }
    String chosen = wanted.isEmpty() ? choose(candidates) : wanted;
    if (!candidates.containsKey(chosen)) {
      throw new ArchiveException(
          path
              + ": has no weights under '"
              + Printable.text(wanted)
              + "'; there are: "
              + candidates.keySet());
    }
    return new Found(chosen, views(candidates.get(chosen)));
  }

  private static String choose(Map<String, Map<?, ?>> candidates) {
    for (String name : PREFERRED) {
      for (String place : candidates.keySet()) {
        if (place.equals(name) || (!name.isEmpty() && place.startsWith(name + "."))) {
          return place;
        }
      }
    }
    return candidates.keySet().iterator().next();
  }

  /** A map is entered once, so one that holds itself does no harm. */
  private static void collect(
      String place, Object value, Set<Object> seen, Map<String, Map<?, ?>> candidates) {
    if (!(value instanceof Map<?, ?> map) || !seen.add(map) || depth(place) > MAX_DEPTH) {
      return;
    }
    // a BatchNorm counter or an averaging counter alone makes no network
    if (map.values().stream().filter(View.class::isInstance).count() > 1) {
      candidates.put(place, map);
      return;
    }
    map.forEach(
        (key, inner) -> {
          if (key instanceof String name && Printable.isName(name)) {
            collect(place.isEmpty() ? name : place + "." + name, inner, seen, candidates);
          }
        });
  }

  private static long depth(String place) {
    return place.chars().filter(c -> c == '.').count();
  }

  private static Map<String, View> views(Map<?, ?> map) {
    Map<String, View> views = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          if (key instanceof String name && value instanceof View view && !isCounter(name)) {
            views.put(name, view);
          }
        });
    return withoutWrapper(views);
  }

  /** The counter of {@code torch.optim.swa_utils.AveragedModel}. */
  private static boolean isCounter(String name) {
    return name.equals("n_averaged");
  }

  /** Without {@code module.} (DDP), {@code _orig_mod.} (torch.compile) and the like, if common. */
  static <T> Map<String, T> withoutWrapper(Map<String, T> named) {
    for (String wrapper : WRAPPERS) {
      if (!named.isEmpty() && named.keySet().stream().allMatch(n -> n.startsWith(wrapper))) {
        Map<String, T> shorter = new LinkedHashMap<>();
        named.forEach((name, value) -> shorter.put(name.substring(wrapper.length()), value));
        return withoutWrapper(shorter);
      }
    }
    return named;
  }
}
