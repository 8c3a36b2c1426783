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
 * @param listeners of Deeplearning4j, attached to the network: they see its layers at work, so its
 *     gradient is computed layer by layer, many times slower
 * @param watchers of Deeplearning4j that are told of gradients, iterations and epochs and see the
 *     network's score, parameters and gradient, but no activations; whatever computes goes on as
 *     fast
 * @param nanoTime the clock by which a run is timed, as {@link System#nanoTime} tells it
 */
public record RunOptions(
    StartMode mode,
    BooleanSupplier stop,
    List<TrainingListener> listeners,
    List<TrainingListener> watchers,
    LongSupplier nanoTime) {

  /** A new run that ends when it is done. */
  public static final RunOptions NEW = of(StartMode.NEW);

  public RunOptions {
    listeners = List.copyOf(listeners);
    watchers = List.copyOf(watchers);
  }

  public static RunOptions of(StartMode mode) {
    return new RunOptions(mode, () -> false, List.of(), List.of(), System::nanoTime);
  }

  public RunOptions withStop(BooleanSupplier newStop) {
    return new RunOptions(mode, newStop, listeners, watchers, nanoTime);
  }

  public RunOptions withListeners(List<TrainingListener> newListeners) {
    return new RunOptions(mode, stop, newListeners, watchers, nanoTime);
  }

  public RunOptions withWatchers(List<TrainingListener> newWatchers) {
    return new RunOptions(mode, stop, listeners, newWatchers, nanoTime);
  }

  public RunOptions withNanoTime(LongSupplier newClock) {
    return new RunOptions(mode, stop, listeners, watchers, newClock);
  }
}
