package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.optim.Course;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Lengths;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import io.github.repvgg4j.train.run.TimeBudget;
import io.github.repvgg4j.train.run.TimeBudget.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are fitted to a time, by a clock that each batch and each test puts forward. */
class TimeBudgetTest {

  private static final double SECONDS = 600;

  /** That {@code flip-translate} tests when training is over. */
  private static final int COPIES = 6;

  @TempDir Path temp;

  /** A machine whose speed changes in the middle of the run. */
  private static final class Machine implements RunListener {
    private final double batchSeconds;
    private final double slower;
    private final List<EpochMetrics> epochs = new ArrayList<>();
    private double seconds;
    private int batches;

    Machine(double batchSeconds, double slower) {
      this.batchSeconds = batchSeconds;
      this.slower = slower;
    }

    @Override
    public void onBatch(int epoch, int batch, double loss) {
      batches++;
      seconds += seconds < SECONDS / 2 ? batchSeconds : slower * batchSeconds;
    }

    @Override
    public void onEpoch(EpochMetrics metrics) {
      epochs.add(metrics);
    }

    RunOptions options(StartMode mode, BooleanSupplier stop) {
      return RunOptions.of(mode).withStop(stop).withNanoTime(() -> (long) (seconds * 1e9));
    }
  }

  @ParameterizedTest(name = "{0} s a batch, then {1} times that")
  @CsvSource({"10, 2", "10, 1", "14, 0.5", "29, 2"})
  void endsInTimeWhateverTheSpeed(double batchSeconds, double slower) throws IOException {
    Machine machine = new Machine(batchSeconds, slower);
    Path run = temp.resolve("run");
    RunResult result =
        Training.run(config(run), machine.options(StartMode.NEW, () -> false), machine);
    assertThat(result.state()).isEqualTo(RunResult.State.DONE);
    assertThat(result.seconds()).isCloseTo(SECONDS, within(SECONDS / 10));
    EpochMetrics last = machine.epochs.get(machine.epochs.size() - 1);
    assertThat(last.top1()).isNotNull();
    assertThat(last.learningRate()).isLessThan(0.2 * 0.05);
    double rate = 0.05;
    for (EpochMetrics epoch : machine.epochs) {
      assertThat(epoch.learningRate()).isLessThan(rate);
      rate = epoch.learningRate();
    }
  }

  /** An epoch has five batches. */
  @ParameterizedTest(name = "gradients of {0} batches")
  @ValueSource(ints = {3, 50})
  void updatesThatAnEpochsEndCompletesEndInTimeToo(int accumulate) throws IOException {
    Machine machine = new Machine(5, 2);
    String yaml =
        SmallRuns.YAML.replace(
            "epochs: 3", "epochs: 20\n  minutes: 10\n  accumulate: " + accumulate);
    TrainConfig config = ConfigFiles.parse("job.yaml", yaml).withFolder(temp.resolve("run"));
    RunResult result = Training.run(config, machine.options(StartMode.NEW, () -> false), machine);
    assertThat(result.seconds()).isCloseTo(SECONDS, within(SECONDS / 10));
    EpochMetrics last = machine.epochs.get(machine.epochs.size() - 1);
    assertThat(last.learningRate()).isLessThan(0.2 * 0.05);
  }

  /** A recipe may be over long before the time is. */
  @ParameterizedTest(name = "{0} epochs of {1} updates, {2} a second")
  @CsvSource({"5, 32, 25", "5, 3, 25", "300, 4, 0.5", "36, 100, 3", "1000, 100, 1"})
  void recipeIsSpreadOverTheWholeTime(int epochs, int batches, double speed) {
    Course course = Course.uniform(batches, epochs, 1);
    TimeBudget budget = new TimeBudget(new Plan(3600, course, 1, 0, 0), Lengths.NONE);
    long update = 0;
    long planned = 0;
    double sum = 0;
    while (!budget.isOver(update)) {
      assertThat(budget.planned(update, update)).isGreaterThanOrEqualTo(planned);
      planned = budget.planned(update, update);
      sum += (double) planned / course.updates();
      update++;
      budget.consider(update, update / speed);
    }
    assertThat(update / speed).isCloseTo(3600, within(36.0));
    assertThat(planned).isGreaterThanOrEqualTo(course.updates() * 98 / 100);
    assertThat(sum / update).isCloseTo(0.5, within(0.05));
  }

  /** Time that an image takes by its pixels, and a test of 20. */
  private static final class Sizes implements RunListener {
    private final double imageSeconds;
    private final double testSeconds;
    private final List<EpochMetrics> epochs = new ArrayList<>();
    private final List<Integer> batches = new ArrayList<>();
    private double seconds;
    private int batch;
    private int updates;

    Sizes(double imageSeconds, double testSeconds) {
      this.imageSeconds = imageSeconds;
      this.testSeconds = testSeconds;
    }

    @Override
    public void onEpochStart(int epoch, int ofEpoch) {
      batches.add(ofEpoch);
    }

    @Override
    public void onBatch(int epoch, int batch, double loss) {
      // Whole batches of 40 images: 5 of 8, 2 of 20, 1 of 40.
      int size = 40 / batches.get(batches.size() - 1);
      seconds += imageSeconds * size * (seconds < SECONDS / 2 ? 1 : 2);
      updates++;
    }

    /** Asked once a batch and once a batch of a test. */
    boolean stop() {
      batch++;
      if (batch > updates) {
        seconds += testSeconds / 3;
        batch = updates;
      }
      return false;
    }

    @Override
    public void onEpoch(EpochMetrics metrics) {
      epochs.add(metrics);
    }

    RunOptions options() {
      return RunOptions.of(StartMode.NEW)
          .withStop(this::stop)
          .withNanoTime(() -> (long) (seconds * 1e9));
    }
  }

  /** In updates of eight images an early measure would promise five times what fits later. */
  @ParameterizedTest(name = "{0} s an image, {1} s a test")
  @CsvSource({"0.3, 9", "0.9, 0"})
  void batchesThatGrowAreForeseen(double imageSeconds, double testSeconds) throws IOException {
    Sizes machine = new Sizes(imageSeconds, testSeconds);
    String yaml =
        SmallRuns.YAML.replace(
            "epochs: 3",
            "epochs: 20\n  minutes: 10\n"
                + "  batchSizeSchedule: [{epoch: 8, size: 20}, {epoch: 14, size: 40}]\n"
                + "  schedule: {type: triangle, start: 1, peak: 0, end: 0}");
    TrainConfig config = ConfigFiles.parse("job.yaml", yaml).withFolder(temp.resolve("run"));
    RunResult result = Training.run(config, machine.options(), machine);
    assertThat(result.seconds() + COPIES * testSeconds).isCloseTo(SECONDS, within(SECONDS / 10));
    int epochs = machine.epochs.size();
    // The sizes change where the recipe says, by its share of the images that are seen.
    assertThat(machine.batches.indexOf(2) / (double) epochs).isCloseTo(8 / 20.0, within(0.2));
    assertThat(machine.batches.indexOf(1) / (double) epochs).isCloseTo(14 / 20.0, within(0.2));
    assertThat(machine.epochs.get(epochs - 1).learningRate()).isLessThan(0.1 * 0.05);
    // The rate falls in a line over updates: nowhere, but for twice the time an image takes in the
    // second half, faster than epochs of small batches have updates.
    double even = 0.05 / epochs;
    for (int i = 3; i < epochs; i++) {
      double fall = machine.epochs.get(i - 1).learningRate() - machine.epochs.get(i).learningRate();
      assertThat(fall).as("epoch %d", i).isBetween(0.0, 4 * even);
    }
  }

  /** Of six copies of each image; a clock of its own, since they are not stopped by a signal. */
  @ParameterizedTest(name = "{0} s an image, {1} s a test")
  @CsvSource({"0.3, 20", "0.9, 40"})
  void testsAtTheEndAreForeseen(double imageSeconds, double testSeconds) throws IOException {
    Sizes machine = new Sizes(imageSeconds, testSeconds);
    String yaml =
        SmallRuns.YAML.replace("epochs: 3", "epochs: 20\n  minutes: 10\n  evaluateEvery: 5");
    TrainConfig config = ConfigFiles.parse("job.yaml", yaml).withFolder(temp.resolve("run"));
    RunResult result = Training.run(config, machine.options(), machine);
    assertThat(config.training().testTimeAveraging()).isEqualTo(TestTimeAveraging.FLIP_TRANSLATE);
    assertThat(result.seconds() + COPIES * testSeconds).isCloseTo(SECONDS, within(SECONDS / 10));
  }

  @Test
  void aRunThatGoesOnEndsWithTheBitsOfOneThatWasNotStopped() throws IOException {
    Path whole = temp.resolve("whole");
    Machine first = new Machine(14, 2);
    Training.run(config(whole), first.options(StartMode.NEW, () -> false), first);
    Path stopped = temp.resolve("stopped");
    Machine second = new Machine(14, 2);
    RunResult half =
        Training.run(
            config(stopped),
            second.options(StartMode.NEW, () -> second.batches >= first.batches / 2),
            second);
    assertThat(half.state()).isEqualTo(RunResult.State.STOPPED);
    Training.run(config(stopped), second.options(StartMode.RESUME, () -> false), second);
    assertThat(second.batches).isEqualTo(first.batches);
    assertThat(SmallRuns.hash(stopped)).isEqualTo(SmallRuns.hash(whole));
    assertThat(SmallRuns.metrics(stopped)).isEqualTo(SmallRuns.metrics(whole));
  }

  @Test
  void withoutImprovementTheRunEnds() throws IOException {
    String yaml =
        SmallRuns.YAML
            .replace("epochs: 3", "epochs: 9\n  patience: 2")
            .replace("learningRate: 0.05", "learningRate: 1e-12");
    Path run = temp.resolve("patient");
    TrainConfig config = ConfigFiles.parse("job.yaml", yaml).withFolder(run);
    List<String> notes = new ArrayList<>();
    RunResult result = Training.run(config, RunOptions.of(StartMode.NEW), SmallRuns.noting(notes));
    assertThat(result.state()).isEqualTo(RunResult.State.DONE);
    assertThat(result.epochs()).isBetween(3, 8);
    assertThat(notes)
        .contains(
            "no better test in the last 2: ended after epoch "
                + result.epochs()
                + " (training.patience)");
    assertThat(result.epochs()).isEqualTo(result.bestEpoch() + 2);
    assertThat(run.resolve("report.html")).exists();
  }

  private static TrainConfig config(Path folder) {
    String yaml = SmallRuns.YAML.replace("epochs: 3", "epochs: 20\n  minutes: 10");
    return ConfigFiles.parse("job.yaml", yaml).withFolder(folder);
  }
}
