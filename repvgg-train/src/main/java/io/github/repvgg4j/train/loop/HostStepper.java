package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.array.FiniteNumbers;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.train.optim.Kernel;
import io.github.repvgg4j.train.optim.Moment;
import io.github.repvgg4j.train.optim.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Steps by ND4J. A {@link GradientSource} sums the gradient over the batch in a flat vector; this
 * class divides, clips, accumulates and applies it by an {@link UpdateRule} with a few vector
 * operations over all parameters at once, and moves BatchNorm's running statistics by the step that
 * is handed over in their place, untouched by rate, decay or clipping.
 */
final class HostStepper implements Stepper {

  private final ComputationGraph graph;
  private final ParameterLayout layout;
  private final StepRecipe recipe;
  private final GradientSource source;
  private final UpdateRule.Vectors vectors;
  private final List<ParameterLayout.Range> statistics;
  private final List<ParameterLayout.Range> fixed = new ArrayList<>();
  private final CustomL2 customL2;
  private final INDArray accumulated;
  private final INDArray average;
  private boolean biasIsFrozen;
  private Batch staged;
  private int pendingBatches;
  private long pendingImages;

  /** A batch that waits for its step. */
  private record Batch(INDArray features, INDArray targets, Runnable release) {}

  HostStepper(ComputationGraph graph, StepRecipe recipe, GradientSource source) {
    this.graph = graph;
    this.source = source;
    this.recipe = recipe;
    this.layout = ParameterLayout.of(graph);
    this.statistics = layout.ranges(s -> s.treatment() == ParameterLayout.Treatment.STATISTIC);
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
            state,
            kernels());
    this.customL2 = recipe.customL2() ? new CustomL2(graph, recipe.rule().weightDecay()) : null;
    this.average = recipe.averaging().isKept() ? parameters.dup() : null;
    if (recipe.rates().whitenedUntil().isPresent()) {
      freeze(Whitening::isFixed);
    }
  }

  private UpdateRule.Kernels kernels() {
    if (!(recipe.rule() instanceof UpdateRule.Muon muon)) {
      return UpdateRule.Kernels.NONE;
    }
    boolean whitened = recipe.rates().whitenedUntil().isPresent();
    List<Kernel> kernels = layout.kernels(s -> !whitened || !Whitening.isFixed(s));
    return new UpdateRule.Kernels(kernels, source.orthogonalizer(kernels, muon.steps()));
  }

  /** No gradient, no decay and no memory of what moved them before. */
  private void freeze(Predicate<ParameterLayout.Segment> fits) {
    fixed.addAll(layout.ranges(fits));
    layout.fill(vectors.decayed(), fits, 0);
    for (INDArray state : vectors.state()) {
      layout.fill(state, fits, recipe.rule().initialState());
    }
  }

  private INDArray decayed() {
    INDArray decayed = layout.mask(graph, ParameterLayout.Treatment.DECAYED);
    if (recipe.customL2()) {
      layout.fill(decayed, CustomL2::replacesDecayOf, 0);
    }
    return decayed;
  }

  private INDArray rates(INDArray parameters) {
    StepRecipe.Rates wanted = recipe.rates();
    if (wanted.areSame()) {
      return null;
    }
    INDArray rates = Nd4j.ones(parameters.dataType(), 1, layout.length());
    double backbone = wanted.backboneFactor();
    layout.fill(rates, segment -> !segment.layer().equals(BlockNames.LINEAR), backbone);
    layout.fill(rates, segment -> segment.key().equals("beta"), backbone * wanted.biasFactor());
    return rates;
  }

  @Override
  public int room() {
    return staged == null ? 1 : 0;
  }

  @Override
  public void stage(float[] images, long[] shape, float[] targets) {
    INDArray features = Floats.array(images, shape);
    INDArray rows = Floats.array(targets, shape[0], targets.length / shape[0]);
    staged =
        new Batch(
            features,
            rows,
            () -> {
              features.close();
              rows.close();
            });
  }

  @Override
  public void stage(INDArray features, INDArray targets) {
    staged = new Batch(features, targets, () -> {});
  }

  @Override
  public void dropStaged() {
    if (staged != null) {
      staged.release.run();
      staged = null;
    }
  }

  @Override
  public double step(Moment moment, Runnable gradientIsKnown) {
    try {
      double loss = source.compute(staged.features, staged.targets);
      gradientIsKnown.run();
      if (!Double.isFinite(loss)) {
        throw new DivergedException(moment.number() - 1, notFinite(staged.features));
      }
      INDArray gradient = source.gradient();
      moveStatistics(gradient);
      pendingImages += staged.features.size(0);
      pendingBatches++;
      if (accumulated != null) {
        accumulated.addi(gradient);
      }
      if (pendingBatches == recipe.accumulate()) {
        update(accumulated != null ? accumulated : gradient, moment);
      }
      return loss;
    } finally {
      dropStaged();
    }
  }

  @Override
  public boolean showGradient() {
    if (graph.gradient() == null) {
      return false;
    }
    INDArray shown = graph.getGradientsViewArray().reshape(1, layout.length());
    INDArray gradient = source.gradient();
    if (shown.data() != gradient.data()) {
      shown.assign(gradient);
    }
    return true;
  }

  @Override
  public boolean hasPending() {
    return pendingBatches > 0;
  }

  @Override
  public void update(Moment moment) {
    update(accumulated, moment);
  }

  /** Applies the step of the running statistics and takes it out of the gradient. */
  private void moveStatistics(INDArray gradient) {
    for (ParameterLayout.Range range : statistics) {
      INDArray step = range.of(gradient);
      range.of(vectors.parameters()).subi(step);
      step.assign(0);
    }
    for (ParameterLayout.Range range : fixed) {
      range.of(gradient).assign(0);
    }
  }

  private void update(INDArray gradient, Moment moment) {
    gradient.divi(pendingImages);
    OptionalLong until = recipe.rates().whitenedUntil();
    if (until.isPresent() && moment.planned() > until.getAsLong() && !biasIsFrozen) {
      freeze(Whitening::isBias);
      layout.fill(gradient, Whitening::isBias, 0);
      biasIsFrozen = true;
    }
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
    recipe.rule().apply(vectors.withGradient(gradient), moment.learningRate(), moment.number());
    if (average != null) {
      recipe.averaging().update(average, vectors.parameters(), moment);
    }
    if (accumulated != null) {
      accumulated.assign(0);
    }
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
      if (values != null && !FiniteNumbers.are(values)) {
        return "the output of " + name + " is not finite";
      }
    }
    return "the loss is not finite";
  }

  @Override
  public List<INDArray> state() {
    List<INDArray> all = new ArrayList<>();
    all.add(vectors.parameters());
    all.addAll(List.of(vectors.state()));
    if (average != null) {
      all.add(average);
    }
    return all;
  }

  @Override
  public INDArray average() {
    return average;
  }

  @Override
  public void stateWritten() {}

  @Override
  public void close() {
    dropStaged();
    vectors.kernels().orthogonalizer().close();
    source.close();
  }
}
