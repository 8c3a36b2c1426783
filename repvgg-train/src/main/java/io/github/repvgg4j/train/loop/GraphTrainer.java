package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.train.optim.Moment;
import io.github.repvgg4j.train.optim.Pace;
import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a graph step by step: a {@link Stepper} makes the steps, this class knows which one it is
 * and what its learning rate is, and tells listeners as {@code fit} does. The graph's own updater
 * stays as it is, so its zip is stock. Not thread-safe.
 */
public final class GraphTrainer implements AutoCloseable {

  private final ComputationGraph graph;
  private final StepRecipe recipe;
  private final Stepper stepper;
  private Pace pace = Pace.AS_PLANNED;
  private List<TrainingListener> watchers = List.of();
  private long iteration;

  /** With the gradient from Deeplearning4j's own backpropagation. */
  public GraphTrainer(ComputationGraph graph, StepRecipe recipe) {
    this(graph, recipe, GradientSource.ofGraph(graph, recipe.distillation()));
  }

  /**
   * @param source of this graph's gradient; closed with the trainer
   */
  public GraphTrainer(ComputationGraph graph, StepRecipe recipe, GradientSource source) {
    this(graph, recipe, new HostEngine(source));
  }

  /**
   * @param engine of this graph's steps; closed with the trainer
   */
  public GraphTrainer(ComputationGraph graph, StepRecipe recipe, StepEngine engine) {
    this.graph = graph;
    this.recipe = recipe;
    this.stepper = engine.stepper(graph, recipe);
  }

  /**
   * Tells these too, which are not attached to the graph: they see its score, parameters and
   * gradient, no activations. On a card no gradient either, and each step waits for the parameters.
   */
  public void watch(List<TrainingListener> more) {
    watchers = List.copyOf(more);
  }

  /**
   * One batch.
   *
   * @param features {@code [N, C, H, W]}
   * @param targets {@code [N, classes]}, rows sum to 1
   * @return the mean loss of the batch before the step
   * @throws DivergedException when the loss is not finite; parameters are left as they were
   */
  public double step(INDArray features, INDArray targets) {
    stepper.stage(features, targets);
    return step();
  }

  /** Batches that may be staged now: at least one after each step. */
  public int room() {
    return stepper.room();
  }

  /**
   * Hands over the next batch, so that its way to a device and the steps before it overlap.
   *
   * @param images {@code [N, C, H, W]}, not changed before its step
   * @param targets {@code [N, classes]}, rows sum to 1; likewise
   */
  public void stage(float[] images, long[] shape, float[] targets) {
    stepper.stage(images, shape, targets);
  }

  /** Forgets what was staged and not trained. */
  public void dropStaged() {
    stepper.dropStaged();
  }

  /**
   * Trains the oldest staged batch.
   *
   * @return the mean loss of the batch before the step
   * @throws DivergedException when the loss is not finite; parameters are left as they were
   */
  public double step() {
    double loss = stepper.step(moment(iteration + 1), this::gradientIsKnown);
    iteration += stepper.hasPending() ? 0 : 1;
    int listenerIteration = graph.getConfiguration().getIterationCount();
    if (!watchers.isEmpty()) {
      graph.setScore(loss);
      stepper.state(); // which brings the parameters up to date
    }
    tell(l -> l.iterationDone(graph, listenerIteration, graph.getConfiguration().getEpochCount()));
    graph.getConfiguration().setIterationCount(listenerIteration + 1);
    graph.clearLayersStates();
    return loss;
  }

  private void gradientIsKnown() {
    if (watchers.isEmpty() || stepper.showGradient()) {
      tell(listener -> listener.onGradientCalculation(graph));
    }
  }

  private void tell(Consumer<TrainingListener> message) {
    if (graph.getListeners().isEmpty() && watchers.isEmpty()) {
      return;
    }
    try (MemoryWorkspace out = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      graph.getListeners().forEach(message);
      watchers.forEach(message);
    }
  }

  /** Tells listeners of a new epoch. */
  public void startEpoch() {
    tell(listener -> listener.onEpochStart(graph));
  }

  /**
   * Applies what is still accumulated, tells listeners of the end of the epoch and counts it in the
   * graph's configuration.
   */
  public void endEpoch() {
    if (stepper.hasPending()) {
      stepper.update(moment(iteration + 1));
      iteration++;
    }
    tell(listener -> listener.onEpochEnd(graph));
    graph.incrementEpochCount();
  }

  private Moment moment(long number) {
    return new Moment(rate(number - 1), number, pace.planned(number));
  }

  private double rate(long update) {
    double place = pace.position(update);
    long before = (long) Math.floor(place);
    double rate = recipe.schedule().at(before);
    return place == before
        ? rate
        : rate + (place - before) * (recipe.schedule().at(before + 1) - rate);
  }

  /** Learning rate of the next update. */
  public double learningRate() {
    return rate(iteration);
  }

  /** Learning rate of the last update. */
  public double lastLearningRate() {
    return rate(Math.max(0, iteration - 1));
  }

  /**
   * Fits the recipe to a run of another length.
   *
   * @param other from a number of updates to that in a run as long as the recipe says
   */
  public void follow(Pace other) {
    this.pace = other;
  }

  /** Which update of the recipe an update stands for. */
  public Pace pace() {
    return pace;
  }

  /** Updates so far. */
  public long iteration() {
    return iteration;
  }

  /** With the present parameters. */
  public ComputationGraph graph() {
    stepper.state();
    return graph;
  }

  /** Whether gradients wait for their update; a checkpoint is taken only when none do. */
  public boolean hasPendingGradient() {
    return stepper.hasPending();
  }

  /** Something that is done with the graph. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /** Runs something with the averaged weights in the graph, where there are any. */
  public <T, E extends Exception> T withAverage(Work<T, E> work) throws E {
    INDArray parameters = state().get(0);
    if (!hasAverage()) {
      return work.run();
    }
    INDArray raw = parameters.dup();
    parameters.assign(stepper.average());
    try {
      return work.run();
    } finally {
      parameters.assign(raw);
    }
  }

  public boolean hasAverage() {
    return stepper.average() != null;
  }

  /** Everything that must be kept to go on later: parameters, the rule's state, the average. */
  public List<INDArray> state() {
    return stepper.state();
  }

  /** Goes on from a kept {@link #state} that was copied back into these arrays. */
  public void resumeAt(long updates, int listenerIteration, int epoch) {
    stepper.stateWritten();
    iteration = updates;
    graph.getConfiguration().setIterationCount(listenerIteration);
    graph.getConfiguration().setEpochCount(epoch);
  }

  @Override
  public void close() {
    stepper.close();
  }
}
