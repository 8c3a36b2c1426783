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
  private final int forward;
  private final Classifier classifier;
  private final List<RunningStatistics> statistics;
  private final Scratch scratch = new Scratch();
  private final Execution execution;

  /**
   * @param program taken over
   * @param forward its calls before the classifier
   */
  ChainPlan(
      Program program, int forward, Classifier classifier, List<RunningStatistics> statistics) {
    this.program = program;
    this.forward = forward;
    this.classifier = classifier;
    this.statistics = List.copyOf(statistics);
    this.execution = new Execution(program, () -> scratch);
    execution.takeMemory();
  }

  /**
   * @param features {@code [N, C, H, W]} float32 in C order
   * @param targets {@code [N, classes]}
   * @return the mean loss
   */
  double run(INDArray features, INDArray targets) {
    execution.bind(Ranges.address(features, 0));
    execution.run(0, forward);
    double loss = classifier.run(targets);
    execution.run(forward, program.size());
    statistics.forEach(RunningStatistics::writeStep);
    return loss;
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
