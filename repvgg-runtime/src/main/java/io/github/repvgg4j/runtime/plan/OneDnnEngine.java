package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.answer.FeatureMap;
import io.github.repvgg4j.answer.LinearHead;
import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.onednn.Cpu;
import io.github.repvgg4j.onednn.Memory;
import io.github.repvgg4j.onednn.OpenMpThreads;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.onednn.program.PlanCache;
import io.github.repvgg4j.onednn.program.SharedProgram;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastGraph.Node;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.source.Parameters;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Runs plans. As many callers, of this network and others, run at once as the cores can feed with
 * the threads of each; the others wait in order, which is quicker for all of them than sharing
 * cores.
 */
public final class OneDnnEngine implements AutoCloseable {

  private final Precision precision;
  private final int threads;
  private final PlanBuilder.Model model;
  private final Planner planner;
  private final PlanCache<PlanRequest, SharedProgram, RuntimeException> plans;

  /** Held by each call from planning to its answer, and against all of them by what frees. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private volatile boolean ownThreads;
  private boolean closed;

  /**
   * Reads the parameters of all nodes that compute in float32; {@code graph}, {@code integers} and
   * {@code parameters} must belong together.
   *
   * @param integers of the nodes that compute in integers; with INT8 only
   * @param threads OpenMP threads of one call; 0 for the standard
   */
  public OneDnnEngine(
      FastGraph graph,
      Optional<QuantizedNetwork> integers,
      Parameters parameters,
      Precision precision,
      int threads,
      Planning planning)
      throws IOException {
    this.precision = precision;
    this.threads = threads == 0 ? OpenMpThreads.standard() : threads;
    this.model = new PlanBuilder.Model(graph, read(graph, integers, parameters), integers);
    this.planner = new Planner(model, precision, planning);
    this.plans =
        new PlanCache<>(
            planning.shapes(), request -> threaded(request, () -> planner.plan(request)));
  }

  private static List<LayerWeights> read(
      FastGraph graph, Optional<QuantizedNetwork> integers, Parameters parameters)
      throws IOException {
    List<LayerWeights> weights = new ArrayList<>();
    long left = 0;
    try {
      for (int i = 0; i < graph.nodes().size(); i++) {
        Node node = graph.nodes().get(i);
        int number = i;
        Optional<QuantizedLayer> layer = integers.map(it -> it.layers().get(number));
        if (layer.isPresent()) {
          Codes read = integers.get().tensors().get(node.inputs().get(0));
          weights.add(LayerWeights.of(node.layer(), layer.get(), read));
          left += node.layer().parameterCount();
        } else {
          if (left > 0 && node.layer().parameterCount() > 0) {
            parameters.skip(left);
            left = 0;
          }
          weights.add(LayerWeights.read(node.layer(), parameters));
        }
      }
      return List.copyOf(weights);
    } catch (IOException | RuntimeException e) {
      weights.forEach(LayerWeights::close);
      throw e;
    }
  }

  /**
   * @param images direct, native order, float32 [N, C, H, W] from its position on
   * @param logits direct, native order, float32 [N, classes] from its position on, written
   */
  public void run(FloatBuffer images, BatchShape shape, FloatBuffer logits) {
    run(images, shape, logits, threads);
  }

  /**
   * The same with threads of its own.
   *
   * @param callThreads of OpenMP, 1 or more
   */
  public void run(FloatBuffer images, BatchShape shape, FloatBuffer logits, int callThreads) {
    run(images, planner.request(shape, callThreads), logits);
  }

  /**
   * The same with other kernels than its own, for the self-check. A new shape is planned before the
   * call takes its place among those that compute, so that the others go on.
   */
  public void run(FloatBuffer images, PlanRequest request, FloatBuffer logits) {
    run(request, Memory.address(images), Memory.address(logits));
  }

  private void run(PlanRequest request, long... addresses) {
    use.readLock().lock();
    try {
      requireOpen();
      plans.use(
          request,
          plan ->
              Places.OF_PROCESS.run(
                  request.threads(), () -> threaded(request, () -> runNow(plan, addresses))));
    } finally {
      use.readLock().unlock();
    }
  }

  private static Void runNow(SharedProgram plan, long[] addresses) {
    plan.run(addresses);
    return null;
  }

  private <T> T threaded(PlanRequest request, Supplier<T> work) {
    return ownThreads
        ? OpenMpThreads.led(request.threads(), work)
        : OpenMpThreads.with(request.threads(), work);
  }

  /** Hands what needs more than one thread to threads that are not the callers'. */
  public void useOwnThreads() {
    ownThreads = true;
  }

  /** What each node gives, with the kernels that the options ask for. */
  public Observation observe(FloatBuffer images, BatchShape shape) {
    return observe(images, planner.request(shape, threads));
  }

  /**
   * What each node gives for some images: slower, and with memory for all of it.
   *
   * @param images direct, native order, float32 [N, C, H, W] from its position on
   * @param request with whose kernels
   */
  public Observation observe(FloatBuffer images, PlanRequest request) {
    ObservedTensors results = new ObservedTensors(model, request.shape());
    run(
        request.giving(PlanRequest.Results.EVERY_TENSOR),
        results.addresses(Memory.address(images)));
    Reference.reachabilityFence(images);
    return results.read();
  }

  /**
   * What the last global pooling reads of one image: the network as it runs anyway, with one copy
   * more.
   *
   * @param image direct, native order, float32 [1, C, H, W] from its position on
   * @throws io.github.repvgg4j.answer.NoClassMapException where the network ends otherwise
   */
  public FeatureMap features(FloatBuffer image, BatchShape shape) {
    LastFeatures results = new LastFeatures(model, shape);
    PlanRequest request = planner.request(shape, threads);
    run(
        request.giving(PlanRequest.Results.LAST_FEATURES),
        results.addresses(Memory.address(image)));
    Reference.reachabilityFence(image);
    return results.read();
  }

  /**
   * The linear layer behind that pooling; of one in integers the numbers that they stand for.
   *
   * @throws io.github.repvgg4j.answer.NoClassMapException where the network ends otherwise
   */
  public LinearHead linearHead() {
    use.readLock().lock();
    try {
      requireOpen();
      return LastFeatures.head(model);
    } finally {
      use.readLock().unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this FastNetwork is closed");
    }
  }

  /** What a call with this shape may come to run. */
  public List<PlanRequest> possible(BatchShape shape) {
    return planner.possible(shape, threads);
  }

  /**
   * Whose roundings each node's are when this runs.
   *
   * @throws IllegalStateException in another precision than FP32
   */
  public List<Arithmetic> arithmetic(PlanRequest request) {
    if (precision != Precision.FP32) {
      throw new IllegalStateException(
          "roundings are known in FP32 only, this network computes in " + precision.name());
    }
    return threaded(request, () -> planner.arithmetic(request));
  }

  /** Copies of each node's parameters, in the order of {@link FastLayer#arrays()}. */
  public List<List<float[]>> parameters() {
    use.readLock().lock();
    try {
      requireOpen();
      return model.weights().stream().map(LayerWeights::numbers).toList();
    } finally {
      use.readLock().unlock();
    }
  }

  /** Waits for running calls, then forgets the plans, with the weights' copies of theirs. */
  public void forgetPlans() {
    use.writeLock().lock();
    try {
      plans.close();
      model.weights().forEach(LayerWeights::trim);
    } finally {
      use.writeLock().unlock();
    }
  }

  /** One line: what runs. */
  public String description() {
    return "oneDNN " + Cpu.version().orElseThrow() + " " + precision.name();
  }

  /** Bytes of the parameters off-heap now, in every layout that a plan asked for. */
  public long weightBytes() {
    return model.weights().stream().mapToLong(LayerWeights::bytes).sum();
  }

  /** Bytes off-heap of callers that are not running just now. */
  public long scratchBytes() {
    return plans.bytes();
  }

  /** Waits for running calls, then frees everything off-heap; later calls fail. */
  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        plans.close();
        model.weights().forEach(LayerWeights::close);
      }
    } finally {
      use.writeLock().unlock();
    }
  }
}
