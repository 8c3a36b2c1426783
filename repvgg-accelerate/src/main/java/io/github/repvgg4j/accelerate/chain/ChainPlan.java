package io.github.repvgg4j.accelerate.chain;

import io.github.repvgg4j.onednn.program.Execution;
import io.github.repvgg4j.onednn.program.Plan;
import io.github.repvgg4j.onednn.program.Program;
import io.github.repvgg4j.onednn.program.Scratch;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** All primitives for one input shape, forward and backward, with the memory they share. */
final class ChainPlan implements Plan {

  private final Program program;
  private final HostSteps hostSteps;
  private final Classifier classifier;
  private final List<RunningStatistics> statistics;
  private final Scratch scratch = new Scratch();
  private final Execution execution;

  /**
   * What ND4J does between the program's calls.
   *
   * @param steps in the order of the program
   * @param forward calls before the classifier
   */
  record HostSteps(List<HostStep> steps, int forward) {
    HostSteps {
      steps = List.copyOf(steps);
    }
  }

  /**
   * @param program taken over
   */
  ChainPlan(
      Program program,
      HostSteps hostSteps,
      Classifier classifier,
      List<RunningStatistics> statistics) {
    this.program = program;
    this.hostSteps = hostSteps;
    this.classifier = classifier;
    this.statistics = List.copyOf(statistics);
    this.execution = new Execution(program, () -> scratch);
    execution.takeMemory();
  }

  /**
   * @param features {@code [N, C, H, W]} float32 in C order
   * @param targets {@code [N, classes]}; or {@code [N, 2 classes]}, for the distillation
   * @return the mean loss
   */
  double run(INDArray features, INDArray targets, Distillation distillation) {
    execution.bind(Ranges.address(features, 0));
    run(0, hostSteps.forward);
    double loss = classifier.run(targets, distillation);
    run(hostSteps.forward, program.size());
    statistics.forEach(RunningStatistics::writeStep);
    return loss;
  }

  private void run(int first, int end) {
    int next = first;
    for (HostStep step : hostSteps.steps) {
      if (step.at() > first && step.at() < end) {
        execution.run(next, step.at());
        step.work().run();
        next = step.at();
      }
    }
    execution.run(next, end);
  }

  /** What oneDNN runs, for those who look into it. */
  List<String> code() {
    return program.code();
  }

  /** Bytes of activations and working copies. */
  @Override
  public long bytes() {
    return program.bytes();
  }

  @Override
  public void close() {
    execution.close();
    scratch.close();
    program.close();
  }
}
