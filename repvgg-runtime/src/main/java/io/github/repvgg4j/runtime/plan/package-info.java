/**
 * A graph onto oneDNN's programs: {@code LayerWeights} takes each layer's numbers, {@code Planner}
 * chooses kernels for each input shape, {@code PlanBuilder} writes its program, and {@link
 * io.github.repvgg4j.runtime.plan.OneDnnEngine} runs them for many callers.
 */
package io.github.repvgg4j.runtime.plan;
