package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.onednn.program.SharedProgram;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.plan.WinogradRun.Key;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plans input shapes: chooses the kernels of the convolutions, and writes the program. */
final class Planner {

  private static final Logger LOG = LoggerFactory.getLogger(Planner.class);

  private final PlanBuilder.Model model;
  private final Precision precision;
  private final Planning planning;

  Planner(PlanBuilder.Model model, Precision precision, Planning planning) {
    this.model = model;
    this.precision = precision;
    this.planning = planning;
  }

  /** What the options ask for. */
  PlanRequest request(BatchShape shape, int threads) {
    return new PlanRequest(
        shape,
        switch (planning.convolutions()) {
          case FASTEST -> Optional.empty();
          case DIRECT -> Optional.of(Kernel.DIRECT);
          case WINOGRAD -> Optional.of(Kernel.WINOGRAD);
        },
        threads);
  }

  /** What that may come to, kernel by kernel: each is to be checked. */
  List<PlanRequest> possible(BatchShape shape, int threads) {
    PlanRequest wanted = request(shape, threads);
    if (wanted.kernel().isPresent()) {
      return List.of(wanted);
    }
    return kernels(runs(wanted)).stream()
        .map(kernel -> new PlanRequest(shape, Optional.of(kernel), threads))
        .toList();
  }

  private static Set<Kernel> kernels(List<WinogradRun> runs) {
    Set<Kernel> kernels = EnumSet.of(Kernel.DIRECT);
    runs.forEach(run -> kernels.addAll(run.kernels()));
    return kernels;
  }

  /** Frees the weights in layouts that no plan uses any more. */
  SharedProgram plan(PlanRequest request) {
    List<WinogradRun> runs = runs(request);
    if (request.kernel().isEmpty()) {
      measure(request, runs);
    }
    NodeProgram network = build(request, runs, choice(request), Map.of());
    model.weights().forEach(LayerWeights::trim);
    return new SharedProgram(network.program());
  }

  private Function<WinogradRun, Kernel> choice(PlanRequest request) {
    return request
        .kernel()
        .<Function<WinogradRun, Kernel>>map(kernel -> run -> pinned(run, kernel))
        .orElse(run -> MeasuredKernels.of(run.key(request.threads())));
  }

  /** Whose roundings each node's are; where the fastest is asked for, as far as it is known. */
  List<Arithmetic> arithmetic(PlanRequest request) {
    int nodes = model.graph().nodes().size();
    List<Arithmetic> all = new ArrayList<>(Collections.nCopies(nodes, Arithmetic.DIRECT));
    for (WinogradRun run : runs(request)) {
      Kernel kernel = choice(request).apply(run);
      for (int node : run.nodes()) {
        FastLayer layer = model.graph().nodes().get(node).layer();
        all.set(
            node,
            ConvolutionPrimitives.arithmetic(
                (FastLayer.Convolution) layer, run.shape().source(), kernel));
      }
    }
    return List.copyOf(all);
  }

  /** Winograd's in the other form where there is no room for transformed weights. */
  private static Kernel pinned(WinogradRun run, Kernel kernel) {
    return kernel == Kernel.DIRECT || run.kernels().contains(kernel)
        ? kernel
        : run.kernels().get(0);
  }

  private List<WinogradRun> runs(PlanRequest request) {
    boolean direct = request.kernel().filter(kernel -> kernel == Kernel.DIRECT).isPresent();
    if (direct || precision != Precision.FP32) {
      return List.of();
    }
    double weights =
        Float.BYTES * model.graph().layers().stream().mapToLong(FastLayer::parameterCount).sum();
    long spare = (long) (weights * planning.weightGrowth());
    return WinogradRuns.of(model.graph(), request.shape(), spare);
  }

  private NodeProgram build(
      PlanRequest request,
      List<WinogradRun> runs,
      Function<WinogradRun, Kernel> choice,
      Map<Integer, Integer> standIns) {
    int nodes = model.graph().nodes().size();
    List<Kernel> kernels = new ArrayList<>(Collections.nCopies(nodes, Kernel.DIRECT));
    for (WinogradRun run : runs) {
      Kernel chosen = choice.apply(run);
      LOG.debug("{}: {} x {}: {}", request.shape(), run.nodes().size(), run.shape(), chosen);
      run.nodes().forEach(node -> kernels.set(node, chosen));
    }
    return new PlanBuilder(model, precision, kernels, standIns)
        .build(request.shape(), request.results());
  }

  /**
   * Runs the network with each kernel in turn, where a run of convolutions is a new one; of a long
   * run only two of them, since all are alike.
   */
  private void measure(PlanRequest wanted, List<WinogradRun> runs) {
    BatchShape shape = wanted.shape();
    int threads = wanted.threads();
    List<Key> keys = runs.stream().map(run -> run.key(threads)).toList();
    if (!MeasuredKernels.lacks(keys)) {
      return;
    }
    Map<Integer, Integer> standIns = new HashMap<>();
    runs.forEach(run -> standIns.putAll(run.standIns()));
    List<Kernel> kernels = List.copyOf(kernels(runs));
    List<NodeProgram> programs = new ArrayList<>();
    try {
      for (Kernel kernel : kernels) {
        PlanRequest request = new PlanRequest(shape, Optional.of(kernel), threads);
        programs.add(build(request, runs, run -> pinned(run, kernel), standIns));
      }
      List<long[]> nanos = NodeTimes.of(programs, wanted, model.graph().head().length());
      for (WinogradRun run : runs) {
        Map<Kernel, Long> times = new EnumMap<>(Kernel.class);
        for (int i = 0; i < kernels.size(); i++) {
          times.merge(pinned(run, kernels.get(i)), time(run, runs, nanos.get(i)), Math::min);
        }
        LOG.debug("{}: {} x {}: {} ns", shape, run.nodes().size(), run.shape(), times);
        MeasuredKernels.record(run.key(threads), times);
      }
    } finally {
      programs.forEach(NodeProgram::close);
    }
  }

  /** With what follows, which has to bring the result back to its own layout. */
  private static long time(WinogradRun run, List<WinogradRun> runs, long[] nanos) {
    Map<Integer, Integer> standIns = run.standIns();
    int next = run.last() + 1;
    boolean another = runs.stream().anyMatch(other -> other.first() == next);
    int end = next < nanos.length && !another ? next : run.last();
    long sum = 0;
    for (int node = run.first(); node <= end; node++) {
      sum += nanos[standIns.getOrDefault(node, node)];
    }
    return sum;
  }
}
