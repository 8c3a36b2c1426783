package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.onednn.program.SharedProgram;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.plan.PlanRequest.Results;
import io.github.repvgg4j.runtime.plan.WinogradRun.Key;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
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
  private final int threads;

  /**
   * @param threads of a call
   */
  Planner(PlanBuilder.Model model, Precision precision, Planning planning, int threads) {
    this.model = model;
    this.precision = precision;
    this.planning = planning;
    this.threads = threads;
  }

  /** What the options ask for. */
  PlanRequest request(BatchShape shape) {
    return new PlanRequest(
        shape,
        switch (planning.convolutions()) {
          case FASTEST -> Optional.empty();
          case DIRECT -> Optional.of(Kernel.DIRECT);
          case WINOGRAD -> Optional.of(Kernel.WINOGRAD);
        });
  }

  /** What that may come to, kernel by kernel: each is to be checked. */
  List<PlanRequest> possible(BatchShape shape) {
    PlanRequest wanted = request(shape);
    if (wanted.kernel().isPresent()) {
      return List.of(wanted);
    }
    Set<Kernel> kernels = EnumSet.of(Kernel.DIRECT);
    runs(wanted).forEach(run -> kernels.addAll(run.kernels()));
    return kernels.stream().map(kernel -> new PlanRequest(shape, Optional.of(kernel))).toList();
  }

  /** Frees the weights in layouts that no plan uses any more. */
  SharedProgram plan(PlanRequest request) {
    List<WinogradRun> runs = runs(request);
    if (request.kernel().isEmpty()) {
      measure(request.shape(), runs);
    }
    Function<WinogradRun, Kernel> choice =
        request
            .kernel()
            .<Function<WinogradRun, Kernel>>map(kernel -> run -> pinned(run, kernel))
            .orElse(run -> MeasuredKernels.of(run.key(threads)));
    NodeProgram network = build(request.shape(), request.results(), runs, choice);
    model.weights().forEach(LayerWeights::trim);
    return new SharedProgram(network.program());
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
      BatchShape shape,
      Results results,
      List<WinogradRun> runs,
      Function<WinogradRun, Kernel> choice) {
    int nodes = model.graph().nodes().size();
    List<Kernel> kernels = new ArrayList<>(Collections.nCopies(nodes, Kernel.DIRECT));
    for (WinogradRun run : runs) {
      Kernel chosen = choice.apply(run);
      LOG.debug("{}: {} x {}: {}", shape, run.nodes().size(), run.shape(), chosen);
      run.nodes().forEach(node -> kernels.set(node, chosen));
    }
    return new PlanBuilder(model, precision, kernels).build(shape, results);
  }

  /** Runs the network with each kernel in turn, where a run of convolutions is a new one. */
  private void measure(BatchShape shape, List<WinogradRun> runs) {
    List<Key> keys = runs.stream().map(run -> run.key(threads)).toList();
    if (!MeasuredKernels.lacks(keys)) {
      return;
    }
    List<NodeProgram> programs = new ArrayList<>();
    try {
      for (Kernel kernel : Kernel.values()) {
        programs.add(build(shape, Results.LOGITS, runs, run -> pinned(run, kernel)));
      }
      List<long[]> nanos = NodeTimes.of(programs, shape, model.graph().head().length());
      for (WinogradRun run : runs) {
        List<Long> times = nanos.stream().map(nodes -> time(run, runs, nodes)).toList();
        MeasuredKernels.record(run.key(threads), times);
      }
    } finally {
      programs.forEach(NodeProgram::close);
    }
  }

  /** With what follows, which has to bring the result back to its own layout. */
  private static long time(WinogradRun run, List<WinogradRun> runs, long[] nanos) {
    int next = run.last() + 1;
    boolean another = runs.stream().anyMatch(other -> other.first() == next);
    int end = next < nanos.length && !another ? next : run.last();
    long sum = 0;
    for (int node = run.first(); node <= end; node++) {
      sum += nanos[node];
    }
    return sum;
  }
}
