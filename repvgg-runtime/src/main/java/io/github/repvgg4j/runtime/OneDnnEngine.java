package io.github.repvgg4j.runtime;

import io.github.repvgg4j.onednn.OpenMpThreads;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Runs plans. As many callers run at once as the cores can feed ({@code cores / threads}); the
 * others wait in order, which is quicker for all of them than sharing cores.
 */
final class OneDnnEngine implements InferenceEngine {

  private final OneDnn oneDnn = new OneDnn();
  private final RuntimeOptions options;
  private final int threads;
  private final PlanBuilder.Model model;
  private final PlanCache plans;
  private final int places;
  private final Semaphore running;
  private boolean closed;

  /** Reads all parameters; {@code graph} and {@code parameters} must belong together. */
  OneDnnEngine(FastGraph graph, Parameters parameters, RuntimeOptions options) throws IOException {
    this.options = options;
    this.threads = options.threads() == 0 ? OpenMpThreads.standard() : options.threads();
    this.places = Math.max(1, Runtime.getRuntime().availableProcessors() / threads);
    this.running = new Semaphore(places, true);
    this.model = new PlanBuilder.Model(graph, read(graph.layers(), parameters));
    this.plans = new PlanCache(options.plans(), this::plan);
  }

  private List<LayerWeights> read(List<FastLayer> layers, Parameters parameters)
      throws IOException {
    List<LayerWeights> weights = new ArrayList<>();
    try {
      for (FastLayer layer : layers) {
        weights.add(LayerWeights.read(oneDnn, layer, parameters));
      }
      return List.copyOf(weights);
    } catch (IOException | RuntimeException e) {
      weights.forEach(LayerWeights::close);
      oneDnn.close();
      throw e;
    }
  }

  private Plan plan(PlanCache.Key key) {
    return new PlanBuilder(oneDnn, model, options.precision())
        .build(key.batch(), key.channels(), key.height(), key.width());
  }

  @Override
  public void run(FloatBuffer images, PlanCache.Key key, FloatBuffer logits) {
    running.acquireUninterruptibly();
    try {
      requireOpen();
      OpenMpThreads.with(threads, () -> runNow(images, key, logits));
    } finally {
      running.release();
    }
  }

  private void runNow(FloatBuffer images, PlanCache.Key key, FloatBuffer logits) {
    Plan plan = plans.acquire(key);
    try {
      Scratch scratch = plan.borrow();
      // A sliced buffer starts at its own address; a pointer's position is no byte offset.
      scratch.run(new FloatPointer(images.slice()), new FloatPointer(logits.slice()));
      plan.giveBack(scratch);
    } finally {
      plans.release(plan);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this FastNetwork is closed");
    }
  }

  /** Layer by layer, what oneDNN runs for a shape. */
  List<Plan.Step> steps(PlanCache.Key key) {
    running.acquireUninterruptibly();
    try {
      requireOpen();
      Plan plan = plans.acquire(key);
      plans.release(plan);
      return plan.steps();
    } finally {
      running.release();
    }
  }

  @Override
  public String description() {
    return "oneDNN " + OneDnn.version() + " " + options.precision();
  }

  @Override
  public MemoryUse memory() {
    long weights = model.weights().stream().mapToLong(LayerWeights::bytes).sum();
    return new MemoryUse(weights, plans.scratchBytes());
  }

  /** Waits for running calls, then frees everything off-heap; later calls fail. */
  @Override
  public void close() {
    running.acquireUninterruptibly(places);
    try {
      if (!closed) {
        closed = true;
        plans.close();
        model.weights().forEach(LayerWeights::close);
        oneDnn.close();
      }
    } finally {
      running.release(places);
    }
  }
}
