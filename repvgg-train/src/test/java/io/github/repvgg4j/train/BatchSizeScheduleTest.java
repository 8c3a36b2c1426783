package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.optim.Course;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches that grow, and schedules that count updates. 40 images, 3 epochs. */
class BatchSizeScheduleTest {

  private static final String MUON =
      "lookahead: {every: 2, startEpoch: 1}\n  optimizer: {type: muon, rest: {type: sgd}}";

  @TempDir Path temp;

  /** What a run was told. */
  private static final class Told implements RunListener {
    private final List<Integer> batches = new ArrayList<>();
    private final List<Long> updates = new ArrayList<>();

    @Override
    public void onEpochStart(int epoch, int ofEpoch) {
      batches.add(ofEpoch);
    }

    @Override
    public void onEpoch(EpochMetrics metrics) {
      updates.add(metrics.iteration());
    }
  }

  private static TrainConfig config(String keys, String average) {
    return ConfigFiles.parse(
        "job.yaml",
        SmallRuns.YAML
            .replace("  batchSize: 8\n", "  batchSize: 8\n" + keys)
            .replace("emaDecay: 0.9", average));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{epoch: 0.5, size: 10}, {epoch: 2, size: 20}] | ema | 4 4 2 | 4 8 10",
        "[{iteration: 6, size: 16}] | muon | 5 3 2 | 5 8 10",
        "[{iteration: 2, size: 16}] | accumulate | 4 2 2 | 2 3 4"
      })
  void aRunThatGoesOnEndsWithTheBitsOfOneThatWasNotStopped(
      String sizes, String kind, String batches, String updates) throws IOException {
    String average =
        switch (kind) {
          case "muon" -> MUON;
          case "accumulate" -> "accumulate: 2";
          default -> "emaDecay: 0.9";
        };
    TrainConfig config = config("  batchSizeSchedule: " + sizes + "\n", average);
    Path whole = temp.resolve("whole");
    Told told = new Told();
    Training.run(config.withFolder(whole), told);
    assertThat(told.batches).isEqualTo(numbers(batches).map(Long::intValue).toList());
    assertThat(told.updates).isEqualTo(numbers(updates).toList());
    TrainConfig parts = config.withFolder(temp.resolve("parts"));
    for (int part = 0; part < 3; part++) {
      StartMode mode = part == 0 ? StartMode.NEW : StartMode.RESUME;
      Training.run(parts, SmallRuns.stopAfter(part == 2 ? 100 : 3, mode), RunListener.SILENT);
    }
    assertThat(SmallRuns.hash(parts.folder())).isEqualTo(SmallRuns.hash(whole));
    assertThat(SmallRuns.metrics(parts.folder())).isEqualTo(SmallRuns.metrics(whole));
  }

  private static java.util.stream.Stream<Long> numbers(String text) {
    return java.util.Arrays.stream(text.split(" ")).map(Long::valueOf);
  }

  @Test
  void ratesThatCountUpdatesHoldWhateverTheBatches() {
    TrainConfig config =
        config(
            "  batchSizeSchedule: [{epoch: 1, size: 20}]\n"
                + "  schedule: {type: multistep, warmupIterations: 3,"
                + " milestoneIterations: [4, 7], gamma: 0.5}\n",
            "emaDecay: 0.9");
    Course course = config.training().course(40, config.spec(10).input());
    assertThat(course.updates()).isEqualTo(5 + 2 + 2);
    Schedule schedule = config.training().recipe(course).schedule();
    assertThat(rates(schedule, 9))
        .containsExactly(0.0, 0.05 / 3, 0.05 * 2 / 3, 0.05, 0.025, 0.025, 0.025, 0.0125, 0.0125);
    for (String drops : List.of("type: multistep, milestones: [1, 2]", "type: step, every: 1")) {
      TrainConfig inEpochs =
          config(
              "  batchSizeSchedule: [{epoch: 1, size: 20}]\n"
                  + "  schedule: {%s, gamma: 0.5}\n".formatted(drops),
              "emaDecay: 0.9");
      assertThat(rates(inEpochs.training().recipe(course).schedule(), 9))
          .as(drops)
          .containsExactly(0.05, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125);
    }
    TrainConfig step = config("  schedule: {type: step, everyIterations: 4}\n", "emaDecay: 0");
    assertThat(rates(step.training().recipe(course).schedule(), 9).get(8))
        .isEqualTo(0.05 * Math.pow(0.1, 2));
  }

  private static List<Double> rates(Schedule schedule, int updates) {
    return java.util.stream.IntStream.range(0, updates).mapToObj(schedule::at).toList();
  }

  @Test
  void whatIsSaidInIterationsStandsForAPresetsEpochs() {
    String job = "preset: reference-120\nmodel: {variant: A0}\ndata: {path: x}\n";
    String rest = "output: {folder: y}\ntraining: {schedule: {%s}}\n";
    TrainConfig config =
        ConfigFiles.parse("job.yaml", job + rest.replace("%s", "warmupIterations: 500"));
    assertThat(config.training().schedule().warmupEpochs()).isNull();
    assertThat(config.training().recipe(100).schedule())
        .isInstanceOfSatisfying(
            Schedule.WarmUp.class, warmUp -> assertThat(warmUp.iterations()).isEqualTo(500));
    assertThat(ConfigFiles.parse("again.yaml", ConfigFiles.write(config))).isEqualTo(config);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "batchSizeSchedule: [{size: 8}]"
            + "|training.batchSizeSchedule[0].epoch: give either epoch or iteration",
        "batchSizeSchedule: [{epoch: 1, size: 8}, {iteration: 9, size: 16}]"
            + "|batchSizeSchedule: say all by epoch or all by iteration",
        "batchSizeSchedule: [{epoch: 2, size: 8}, {epoch: 2, size: 16}]"
            + "|batchSizeSchedule: epoch must rise, got [2.0, 2.0]",
        "batchSizeSchedule: [{epoch: 2, size: 0}]|size: must be at least 1, got 0",
        "schedule: {warmupEpochs: 1, warmupIterations: 5}"
            + "|warmupIterations: excludes warmupEpochs; remove one of them",
        "schedule: {type: step, every: 1, everyIterations: 5}"
            + "|everyIterations: excludes every; remove one of them",
        "schedule: {type: multistep}"
            + "|milestones: is required for type: multistep, or milestoneIterations"
      })
  void faultsAreOneLine(String keysAndFault) {
    String[] parts = keysAndFault.split("\\|");
    assertThatThrownBy(() -> config("  " + parts[0] + "\n", "emaDecay: 0"))
        .hasMessageContaining(parts[1])
        .satisfies(fault -> assertThat(fault.getMessage()).doesNotContain("\n"));
  }
}
