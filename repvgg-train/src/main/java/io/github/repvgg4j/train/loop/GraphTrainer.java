package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.UpdateRule;
import java.util.Map;
import java.util.function.Consumer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a graph step by step. A {@link GradientSource} sums the gradient over the batch in a flat
 * vector; this class divides, clips, accumulates and applies it by an {@link UpdateRule} with a few
 * vector operations over all parameters at once, and moves BatchNorm's running statistics by the
 * step that is handed over in their place, untouched by rate, decay or clipping. The graph's own
 * updater stays as it is, so its zip is stock. Listeners are called as by {@code fit}. Not
 * thread-safe.
 */
public final class GraphTrainer implements AutoCloseable {

  private final ComputationGraph graph;
  private final ParameterLayout layout;
  private final Recipe recipe;
  private final GradientSource source;
  private final UpdateRule.Vectors vectors;
  private final INDArray statistics;
  private final INDArray trained;
  private final CustomL2 customL2;
  private final INDArray accumulated;
  private final INDArray average;
  private long iteration;
  private int pendingBatches;
  private long pendingImages;

  /**
   * What is done with gradients.
   *
   * @param rule update rule
   * @param schedule learning rate by iteration
   * @param clipNorm largest norm of the gradient over all trained parameters, 0 for no limit
   *     ({@code torch.nn.utils.clip_grad_norm_})
   * @param accumulate batches whose gradients make one step, at least 1
   * @param emaDecay share of the old average kept each step, 0 for no average
   * @param backboneFactor of the learning rate of all but the linear layer, usually 1
   * @param customL2 whether the reference's loss on fused kernels stands in for the decay of the
   *     blocks' convolutions, with the rule's weight decay as its strength
   */
  public record Recipe(
      UpdateRule rule,
      Schedule schedule,
      double clipNorm,
      int accumulate,
      double emaDecay,
      double backboneFactor,
      boolean customL2) {}

  /** With the gradient from Deeplearning4j's own backpropagation. */
  public GraphTrainer(ComputationGraph graph, Recipe recipe) {
    this(graph, recipe, GradientSource.ofGraph(graph));
  }

  /**
   * @param source of this graph's gradient; closed with the trainer
   */
  public GraphTrainer(ComputationGraph graph, Recipe recipe, GradientSource source) {
    this.graph = graph;
    this.source = source;
    this.recipe = recipe;
    this.layout = ParameterLayout.of(graph);
    this.statistics = layout.mask(graph, ParameterLayout.Treatment.STATISTIC);
    this.trained = statistics.rsub(1);
    INDArray parameters = graph.params().reshape(1, layout.length());
    INDArray[] state = new INDArray[recipe.rule().stateVectors()];
    for (int i = 0; i < state.length; i++) {
      state[i] = Nd4j.zeros(parameters.dataType(), 1, layout.length());
      state[i].assign(recipe.rule().initialState());
    }
    this.accumulated =
        recipe.accumulate() > 1 ? Nd4j.zeros(parameters.dataType(), 1, layout.length()) : null;
    this.vectors =
        new UpdateRule.Vectors(
            parameters,
            accumulated,
            decayed(),
            rates(parameters),
            Nd4j.createUninitialized(parameters.dataType(), 1, layout.length()),
            state);
    this.customL2 = recipe.customL2() ? new CustomL2(graph, recipe.rule().weightDecay()) : null;
    this.average = recipe.emaDecay() > 0 ? parameters.dup() : null;
  }

  private INDArray decayed() {
    INDArray decayed = layout.mask(graph, ParameterLayout.Treatment.DECAYED);
    if (recipe.customL2()) {
      layout.fill(decayed, CustomL2::replacesDecayOf, 0);
    }
    return decayed;
  }

  private INDArray rates(INDArray parameters) {
    if (recipe.backboneFactor() == 1) {
      return null;
    }
    INDArray rates = Nd4j.ones(parameters.dataType(), 1, layout.length());
    layout.fill(
        rates, segment -> !segment.layer().equals(BlockNames.LINEAR), recipe.backboneFactor());
    return rates;
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
    double loss = source.compute(features, targets);
    tell(listener -> listener.onGradientCalculation(graph));
    if (!Double.isFinite(loss)) {
      throw new DivergedException(iteration, notFinite(features));
    }
    INDArray gradient = source.gradient();
    moveStatistics(gradient);
    pendingImages += features.size(0);
    pendingBatches++;
    if (accumulated != null) {
      accumulated.addi(gradient);
    }
    if (pendingBatches == recipe.accumulate()) {
      update(accumulated != null ? accumulated : gradient);
    }
    int listenerIteration = graph.getConfiguration().getIterationCount();
    tell(l -> l.iterationDone(graph, listenerIteration, graph.getConfiguration().getEpochCount()));
    graph.getConfiguration().setIterationCount(listenerIteration + 1);
    graph.clearLayersStates();
    return loss;
  }

  /** Applies the step of the running statistics and takes it out of the gradient. */
  private void moveStatistics(INDArray gradient) {
    gradient.muli(statistics, vectors.scratch());
    vectors.parameters().subi(vectors.scratch());
    gradient.muli(trained);
  }

  private void update(INDArray gradient) {
    gradient.divi(pendingImages);
    if (customL2 != null) {
      customL2.addTo(gradient);
    }
    if (recipe.clipNorm() > 0) {
      double norm = gradient.norm2Number().doubleValue();
      double factor = recipe.clipNorm() / (norm + 1e-6);
      if (factor < 1) {
        gradient.muli(factor);
      }
    }
    UpdateRule.Vectors now =
        new UpdateRule.Vectors(
            vectors.parameters(),
            gradient,
            vectors.decayed(),
            vectors.rates(),
            vectors.scratch(),
            vectors.state());
    recipe.rule().apply(now, learningRate(), iteration + 1);
    if (average != null) {
      average.muli(recipe.emaDecay());
      Nd4j.getBlasWrapper()
          .level1()
          .axpy(layout.length(), 1 - recipe.emaDecay(), vectors.parameters(), average);
    }
    if (accumulated != null) {
      accumulated.assign(0);
    }
    iteration++;
    pendingBatches = 0;
    pendingImages = 0;
  }

  /** In words, the first place where a number is not finite. */
  private String notFinite(INDArray features) {
    ParameterLayout.Segment segment = layout.firstNotFinite(vectors.parameters());
    if (segment != null) {
      return "the parameters of " + segment.layer() + " (" + segment.key() + ") are not finite";
    }
    Map<String, INDArray> activations = graph.feedForward(new INDArray[] {features}, true);
    for (int vertex : graph.topologicalSortOrder()) {
      String name = graph.getVertices()[vertex].getVertexName();
      INDArray values = activations.get(name);
      if (values != null && !Double.isFinite(values.sumNumber().doubleValue())) {
        return "the output of " + name + " is not finite";
      }
    }
    return "the loss is not finite";
  }

  private void tell(Consumer<TrainingListener> message) {
    if (graph.getListeners().isEmpty()) {
      return;
    }
    try (MemoryWorkspace out = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      graph.getListeners().forEach(message);
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
    if (pendingBatches > 0) {
      update(accumulated);
    }
    tell(listener -> listener.onEpochEnd(graph));
    graph.incrementEpochCount();
  }

  /** Learning rate of the next update. */
  public double learningRate() {
    return recipe.schedule().at(iteration);
  }

  /** Learning rate of the last update. */
  public double lastLearningRate() {
    return recipe.schedule().at(Math.max(0, iteration - 1));
  }

  /** Updates so far. */
  public long iteration() {
    return iteration;
  }

  public ComputationGraph graph() {
    return graph;
  }

  /** Whether gradients wait for their update; a checkpoint is taken only when none do. */
  public boolean hasPendingGradient() {
    return pendingBatches > 0;
  }

  /** Something that is done with the graph. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /** Runs something with the averaged weights in the graph, where there are any. */
  public <T, E extends Exception> T withAverage(Work<T, E> work) throws E {
    if (average == null) {
      return work.run();
    }
    INDArray raw = vectors.parameters().dup();
    vectors.parameters().assign(average);
    try {
      return work.run();
    } finally {
      vectors.parameters().assign(raw);
    }
  }

  public boolean hasAverage() {
    return average != null;
  }

  /** Everything that must be kept to go on later: parameters, the rule's state, the average. */
  public java.util.List<INDArray> state() {
    java.util.List<INDArray> all = new java.util.ArrayList<>();
    all.add(vectors.parameters());
    all.addAll(java.util.List.of(vectors.state()));
    if (average != null) {
      all.add(average);
    }
    return all;
  }

  /** Goes on from a kept {@link #state} that was copied back into these arrays. */
  public void resumeAt(long updates, int listenerIteration, int epoch) {
    iteration = updates;
    graph.getConfiguration().setIterationCount(listenerIteration);
    graph.getConfiguration().setEpochCount(epoch);
  }

  @Override
  public void close() {
    source.close();
  }
}
