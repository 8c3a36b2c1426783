package io.github.repvgg4j.train;

import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.deeplearning4j.optimize.api.TrainingListener;

/**
 * How a run is started.
 *
 * @param mode what happens to earlier results
 * @param stop asked after each batch, of training and of the test of an epoch; true ends the run
 *     with a checkpoint
 * @param listeners of Deeplearning4j, attached to the network
 * @param nanoTime the clock by which a run is timed, as {@link System#nanoTime} tells it
 */
public record RunOptions(
    StartMode mode, BooleanSupplier stop, List<TrainingListener> listeners, LongSupplier nanoTime) {

  /** A new run that ends when it is done. */
  public static final RunOptions NEW = of(StartMode.NEW);

  public RunOptions {
    listeners = List.copyOf(listeners);
  }

  public static RunOptions of(StartMode mode) {
    return new RunOptions(mode, () -> false, List.of(), System::nanoTime);
  }

  public RunOptions withStop(BooleanSupplier newStop) {
    return new RunOptions(mode, newStop, listeners, nanoTime);
  }

  public RunOptions withListeners(List<TrainingListener> newListeners) {
    return new RunOptions(mode, stop, newListeners, nanoTime);
  }

  public RunOptions withNanoTime(LongSupplier newClock) {
    return new RunOptions(mode, stop, listeners, newClock);
  }
}
