package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.Branches;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.weights.checkpoint.Candidate;
import io.github.repvgg4j.weights.checkpoint.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses the weights among all the names in a file: the prefix under which most of the expected
 * names stand. Nested maps count as prefixes, so {@code {'model': {'stage0...': t}}} and {@code
 * {'model.stage0...': t}} are the same question. Where several prefixes fit equally well, trained
 * weights go before averaged ones.
 */
final class WeightSelector {

  /** A second prefix is worth a mention from this share of the chosen one's names on. */
  private static final double WORTH_MENTIONING = 0.5;

  /** Prefixes that are looked at closely; a file that tries to keep us busy has thousands. */
  private static final int MOST_COMPARED = 16;

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
          "params");

  /** Words in the names of weights that are not the trained ones themselves. */
  private static final List<String> SECONDARY =
      List.of("ema", "averag", "swa", "teacher", "momentum", "target", "optim", "best", "old");

  /** How a user asks for what stands at the top without a prefix. */
  private static final String TOP = ".";

  /** Buffers that profilers (thop, ptflops) leave in every module; the network ignores them. */
  private static final List<String> PROFILERS = List.of(".total_ops", ".total_params");

  private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.", "model.");

  private record Key(Dialect dialect, Form form, String prefix) {}

  /** How well a prefix fits. */
  private static final class Fit {
    private int exact;
    private int tensors;
    private int others;
    private final int order;

    Fit(int order) {
      this.order = order;
    }
  }

  /**
   * The chosen weights.
   *
   * @param prefix that was taken off; ends with a dot unless it is empty
   * @param chosen by their names without prefix
   * @param leftOut what stands under the same map but is not of the network
   * @param alternatives other prefixes under which such weights stand
   */
  record Choice(
      String prefix,
      Map<String, Candidate> chosen,
      List<Candidate> leftOut,
      List<String> alternatives) {

    /** The innermost map that holds them all. */
    String place() {
      String place = chosen.values().iterator().next().place();
      while (!place.isEmpty() && !prefix.startsWith(place + ".")) {
        place = place.substring(0, Math.max(0, place.lastIndexOf('.')));
      }
      return place;
    }
  }

  private final Path path;
  private final List<Candidate> all;
  private final Map<Key, Fit> fits = new LinkedHashMap<>();

  private WeightSelector(Path path, List<Candidate> all) {
    this.path = path;
    this.all = all;
  }

  /**
   * @param path for messages
   * @param all that the file holds, at least one tensor
   * @param wanted a map or a prefix, such as {@code model_ema}; empty to choose
   * @param spec the network that the weights are for, if it is known
   */
  static Choice choose(Path path, List<Candidate> all, String wanted, Optional<RepVggSpec> spec)
      throws ArchiveException {
    WeightSelector selector = new WeightSelector(path, all);
    selector.findPrefixes();
    spec.filter(s -> s.blockOptions().branches() == Branches.ALL).ifPresent(selector::findExact);
    Optional<Key> best =
        selector.fits.keySet().stream()
            .filter(key -> isUnder(key.prefix, wanted))
            .min(selector.better());
    return best.isPresent() ? selector.under(best.get()) : selector.largestMap(wanted);
  }

  private void findPrefixes() {
    for (Candidate candidate : all) {
      for (Dialect dialect : Naming.dialects()) {
        for (Form form : Form.values()) {
          Optional<String> prefix = dialect.prefix(candidate.name(), form);
          if (prefix.isPresent()) {
            Key key = new Key(dialect, form, prefix.get());
            Fit fit = fits.computeIfAbsent(key, k -> new Fit(fits.size()));
            fit.tensors += candidate.isTensor() ? 1 : 0;
            fit.others += candidate.isTensor() ? 0 : 1;
          }
        }
      }
    }
  }

  private void findExact(RepVggSpec spec) {
    Map<String, List<Long>> shapes = new HashMap<>();
    all.stream().filter(Candidate::isTensor).forEach(c -> shapes.putIfAbsent(c.name(), c.shape()));
    Map<List<Object>, List<TensorSlot>> slots = new HashMap<>();
    BlockKind kind = spec.blockOptions().kind();
    List<Key> compared =
        fits.keySet().stream()
            .filter(key -> key.dialect.kind() == kind)
            .sorted(better())
            .limit(MOST_COMPARED)
            .toList();
    for (Key key : compared) {
      fits.get(key).exact =
          (int)
              slots
                  .computeIfAbsent(
                      List.of(key.dialect, key.form),
                      k -> TensorSlots.of(spec, key.form, key.dialect.naming()))
                  .stream()
                  .filter(s -> s.shape().equals(shapes.get(key.prefix + s.tensor())))
                  .count();
    }
  }

  private Comparator<Key> better() {
    return Comparator.<Key>comparingInt(key -> -fits.get(key).exact)
        .thenComparingInt(key -> -fits.get(key).tensors)
        .thenComparingInt(key -> -fits.get(key).others)
        .thenComparingInt(key -> rank(key.prefix))
        .thenComparingInt(key -> fits.get(key).order);
  }

  private static int rank(String prefix) {
    int first = PREFERRED.indexOf(prefix.split("\\.", 2)[0]);
    int rank = first < 0 ? PREFERRED.size() : first;
    String lower = prefix.toLowerCase(java.util.Locale.ROOT);
    return SECONDARY.stream().anyMatch(lower::contains) ? rank + 1000 : rank;
  }

  private static boolean isUnder(String prefix, String wanted) {
    return wanted.equals(TOP)
        ? prefix.isEmpty()
        : wanted.isEmpty() || prefix.startsWith(wanted + ".");
  }

  private Choice under(Key best) throws ArchiveException {
    Map<String, Candidate> chosen = new LinkedHashMap<>();
    List<Candidate> rest = new ArrayList<>();
    for (Candidate candidate : all) {
      String name = candidate.name();
      String own = name.startsWith(best.prefix) ? name.substring(best.prefix.length()) : "";
      if (!isOfNetwork(best, own, candidate)) {
        rest.add(candidate);
      } else if (chosen.put(own, candidate) != null) {
        throw new ArchiveException(
            path + ": tensor " + Printable.text(name) + " stands twice, in two nested maps");
      }
    }
    List<Key> others =
        fits.keySet().stream()
            .filter(key -> !key.prefix.equals(best.prefix) && isWorthMentioning(key, best))
            .sorted(better())
            .limit(MOST_COMPARED)
            .toList();
    List<String> places = chosen.values().stream().map(Candidate::place).distinct().toList();
    List<Candidate> leftOut =
        rest.stream()
            .filter(c -> c.isTensor() && places.contains(c.place()))
            .filter(c -> others.stream().noneMatch(key -> c.name().startsWith(key.prefix)))
            .toList();
    return new Choice(best.prefix, chosen, leftOut, labels(others));
  }

  /**
   * Every tensor within the network's own modules is: one that is not expected there would change
   * what the network computes, so it may not be left out silently. Of other values, those that
   * stand under a weight's name.
   */
  private boolean isOfNetwork(Key best, String own, Candidate candidate) {
    return candidate.isTensor()
        ? best.dialect.isWithinNetwork(own) && PROFILERS.stream().noneMatch(own::endsWith)
        : best.dialect.isWeight(own, best.form) && !own.endsWith(Dialect.BATCH_COUNT);
  }

  private boolean isWorthMentioning(Key key, Key best) {
    return fits.get(key).tensors >= WORTH_MENTIONING * fits.get(best).tensors;
  }

  private static List<String> labels(List<Key> keys) {
    return keys.stream()
        .map(key -> key.prefix.isEmpty() ? TOP : label(key.prefix))
        .distinct()
        .toList();
  }

  /** A prefix as the user names it. */
  static String label(String prefix) {
    return prefix.isEmpty() ? "" : Printable.text(prefix.substring(0, prefix.length() - 1));
  }

  /** Without a RepVGG's names: the message about that is better with names of the largest map. */
  private Choice largestMap(String wanted) throws ArchiveException {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    for (Candidate candidate : all) {
      if (candidate.isTensor()) {
        sizes.merge(candidate.place(), 1, Integer::sum);
      }
    }
    String place =
        sizes.keySet().stream()
            .filter(p -> wanted.isEmpty() || p.equals(wanted) || p.startsWith(wanted + "."))
            .min(Comparator.<String>comparingInt(p -> -sizes.get(p)).thenComparingInt(p -> rank(p)))
            .orElseThrow(() -> noneUnder(wanted, sizes));
    List<Candidate> inMap =
        all.stream().filter(c -> c.isTensor() && c.place().equals(place)).toList();
    String wrapper = commonWrapper(inMap);
    Map<String, Candidate> chosen = new LinkedHashMap<>();
    inMap.forEach(c -> chosen.put(c.key().substring(wrapper.length()), c));
    return new Choice((place.isEmpty() ? "" : place + ".") + wrapper, chosen, List.of(), List.of());
  }

  /** {@code module.} (DDP), {@code _orig_mod.} (torch.compile) and the like, where all have it. */
  private static String commonWrapper(List<Candidate> inMap) {
    String common = "";
    for (int i = 0; i < WRAPPERS.size(); i++) {
      for (String wrapper : WRAPPERS) {
        String longer = common + wrapper;
        if (inMap.stream().allMatch(c -> c.key().startsWith(longer))) {
          common = longer;
        }
      }
    }
    return common;
  }

  private ArchiveException noneUnder(String wanted, Map<String, Integer> sizes) {
    List<String> labels = labels(fits.keySet().stream().sorted(better()).toList());
    List<String> there =
        labels.isEmpty() ? sizes.keySet().stream().map(Printable::text).toList() : labels;
    return new ArchiveException(
        path + ": has no weights under '" + Printable.text(wanted) + "'; there are: " + there);
  }
}
