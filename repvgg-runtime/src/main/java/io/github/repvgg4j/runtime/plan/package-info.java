/**
 * A graph onto oneDNN's programs: {@code LayerWeights} takes each layer's numbers, {@code
 * PlanBuilder} writes one program for each input shape, and {@link
 * io.github.repvgg4j.runtime.plan.OneDnnEngine} runs them for many callers.
 */
package io.github.repvgg4j.runtime.plan;
