package io.github.repvgg4j.train.loop;

import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Steps by ND4J.
 *
 * @param source of the gradient
 */
public record HostEngine(GradientSource source) implements StepEngine {

  @Override
  public String description() {
    return source.description();
  }

  @Override
  public Stepper stepper(ComputationGraph graph, StepRecipe recipe) {
    return new HostStepper(graph, recipe, source);
  }

  @Override
  public void close() {
    source.close();
  }
}
