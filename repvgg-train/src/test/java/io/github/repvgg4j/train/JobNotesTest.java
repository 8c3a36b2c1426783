package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.train.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 40 images in batches of 8: five updates an epoch, three epochs. */
class JobNotesTest {

  @TempDir static Path images;

  @BeforeAll
  static void write() throws IOException {
    GeneratedImages.write(images, new GeneratedImages.Options(4, 2, 16, 1));
  }

  private static List<String> notes(String training) throws IOException {
    return notes(training, "ends before");
  }

  private static List<String> notes(String training, String about) throws IOException {
    String yaml = SmallRuns.yaml(images).replace("emaDecay: 0.9", training);
    try (LocalSteps steps = LocalSteps.check(ConfigFiles.parse("job.yaml", yaml), List.of())) {
      return steps.job().notes().stream().filter(note -> note.contains(about)).toList();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "schedule: {warmupEpochs: 5}|schedule.warmupEpochs: 5.0",
        "schedule: {warmupIterations: 15}|schedule.warmupIterations: 15",
        "schedule: {type: step}|schedule.every: 30.0",
        "schedule: {type: step, everyIterations: 20}|schedule.everyIterations: 20",
        "schedule: {type: multistep, milestones: [1, 3]}|schedule.milestones: [1.0, 3.0]",
        "batchSizeSchedule: [{epoch: 1, size: 9}, {epoch: 3, size: 10}]"
            + "|batchSizeSchedule: epoch 3.0",
        "batchSizeSchedule: [{iteration: 15, size: 10}]|batchSizeSchedule: iteration 15",
        "progressive: [{untilEpoch: 3, side: 8}]|progressive: untilEpoch 3",
        "lookahead: {startEpoch: 3}|lookahead.startEpoch: 3.0",
        "lookahead: {every: 16}|lookahead.every: 16",
        "lookahead: {every: 11, startEpoch: 1}|lookahead.every: 11"
      })
  void whatTheRunEndsBeforeIsSaid(String training, String key) throws IOException {
    assertThat(notes(training)).hasSize(1);
    assertThat(notes(training).get(0)).contains("a run of 3 epochs, ").endsWith("training." + key);
  }

  @Test
  void whatHappensIsNotMentioned() throws IOException {
    assertThat(notes("schedule: {warmupEpochs: 2}")).isEmpty();
    assertThat(notes("schedule: {type: step, everyIterations: 14}")).isEmpty();
    assertThat(notes("schedule: {type: multistep, milestoneIterations: [14]}")).isEmpty();
    assertThat(notes("batchSizeSchedule: [{epoch: 2.8, size: 8}]")).isEmpty();
    assertThat(notes("progressive: [{untilEpoch: 2, side: 8}]")).isEmpty();
    assertThat(notes("lookahead: {startEpoch: 2}")).isEmpty();
    assertThat(notes("lookahead: {every: 15}")).isEmpty();
    assertThat(notes("lookahead: {every: 10, startEpoch: 1}")).isEmpty();
  }

  @Test
  void allOfThemStandInOneLine() throws IOException {
    assertThat(notes("schedule: {warmupEpochs: 5}\n  progressive: [{untilEpoch: 6, side: 8}]"))
        .containsExactly(
            "a run of 3 epochs, 15 updates, ends before training.schedule.warmupEpochs: 5.0,"
                + " training.progressive: untilEpoch 6");
  }

  @Test
  void batchesThatChangeAreSaidToChange() throws IOException {
    assertThat(notes("batchSizeSchedule: [{iteration: 1, size: 10}]", "batches change"))
        .containsExactly(
            "batches change from 8 images in the first epoch to 10 images at the end: 12 updates in"
                + " all");
    assertThat(notes("batchSizeSchedule: [{epoch: 0, size: 10}]", "batches change")).isEmpty();
  }

  /** 0.7 ^ 15 is 0.0047, 0.8 ^ 15 0.035. */
  @Test
  void anAverageThatRemembersTheBeginningIsSaid() throws IOException {
    assertThat(notes("emaDecay: 0.7", "emaDecay")).isEmpty();
    assertThat(notes("accumulate: 1", "emaDecay")).isEmpty();
    assertThat(notes("emaDecay: 0.8", "emaDecay"))
        .containsExactly(
            "training.emaDecay: 0.8 keeps 4 % of the weights that a run of 15 updates begins with"
                + " in the model; 0.3 would average over its last tenth");
    assertThat(notes("emaDecay: 0.999", "emaDecay").get(0)).contains("keeps 99 % of the weights");
    assertThat(notes("emaDecay: 0.5\n  accumulate: 5", "emaDecay").get(0))
        .contains("keeps 13 % of the weights that a run of 3 updates ")
        .contains("; so short a run has nothing to average");
  }
}
