/**
 * Which nodes become one convolution, before any number of it is computed: {@code Form} (what a
 * tensor is of its source), {@code FormBuilder} (over one node), {@code RegionPlanner} (over the
 * network). {@link io.github.repvgg4j.rewrite.plan.FusionPlan} is what others see of it.
 */
package io.github.repvgg4j.rewrite.plan;
