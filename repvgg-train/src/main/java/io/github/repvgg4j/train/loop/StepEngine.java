package io.github.repvgg4j.train.loop;

import org.deeplearning4j.nn.graph.ComputationGraph;

/** What computes a graph's steps, chosen and checked before there is a recipe. */
public interface StepEngine extends AutoCloseable {

  /** For logs: what computes here. */
  String description();

  /**
   * @param graph the one that the engine was chosen for
   * @return closes the engine with itself
   */
  Stepper stepper(ComputationGraph graph, StepRecipe recipe);

  @Override
  default void close() {}
}
