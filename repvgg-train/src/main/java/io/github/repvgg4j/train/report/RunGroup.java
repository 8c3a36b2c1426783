package io.github.repvgg4j.train.report;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Runs of one configuration with other seeds.
 *
 * @param runs at least one, each with a seed of its own
 */
record RunGroup(List<RecordedRun> runs) {

  private static final String SEED = "training.seed";
  static final String FOLDER = "output.folder";
  static final String DATA = "data.path";

  /** In the order of their first runs; a run whose seed a group holds already begins another. */
  static List<RunGroup> of(List<RecordedRun> runs) {
    List<RunGroup> groups = new ArrayList<>();
    for (RecordedRun run : runs) {
      groups.stream()
          .filter(group -> group.takes(run))
          .findFirst()
          .orElseGet(
              () -> {
                groups.add(new RunGroup(new ArrayList<>()));
                return groups.get(groups.size() - 1);
              })
          .runs
          .add(run);
    }
    return groups.stream().map(group -> new RunGroup(List.copyOf(group.runs))).toList();
  }

  private boolean takes(RecordedRun run) {
    return recipe(runs.get(0)).equals(recipe(run))
        && runs.stream().noneMatch(held -> seed(held).equals(seed(run)));
  }

  private static Map<String, String> recipe(RecordedRun run) {
    Map<String, String> keys = new HashMap<>(run.keys());
    keys.remove(SEED);
    keys.remove(FOLDER);
    if (run.isOfGeneratedImages()) {
      keys.remove(DATA); // lies in the run's own folder
    }
    return keys;
  }

  private static String seed(RecordedRun run) {
    return run.keys().getOrDefault(SEED, "");
  }

  String name() {
    String first = runs.get(0).name();
    return runs.size() == 1 ? first : first + " (" + runs.size() + " seeds)";
  }

  /** A key's value; seeds that differ are listed. */
  String value(String key) {
    return String.join(
        ", ", runs.stream().map(run -> run.keys().getOrDefault(key, "-")).distinct().toList());
  }

  /** 81.71, or 81.71 (81.59 to 81.83): the mean, with the least and the greatest. */
  String percent(ToDoubleFunction<RecordedRun> share) {
    DoubleSummaryStatistics values = runs.stream().mapToDouble(share).summaryStatistics();
    String mean = Text.percent(values.getAverage());
    return runs.size() == 1 || mean.equals("-")
        ? mean
        : Text.format(
            "%s (%s to %s)", mean, Text.percent(values.getMin()), Text.percent(values.getMax()));
  }

  String mean(String format, ToDoubleFunction<RecordedRun> value) {
    return Text.format(format, runs.stream().mapToDouble(value).average().orElse(Double.NaN));
  }
}
