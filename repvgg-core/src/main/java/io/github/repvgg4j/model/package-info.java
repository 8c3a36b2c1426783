/**
 * RepVGG networks of Deeplearning4j, built from a {@link io.github.repvgg4j.spec.RepVggSpec}: the
 * training form ({@link io.github.repvgg4j.model.RepVggGraphs}), the fast form ({@link
 * io.github.repvgg4j.model.RepVggChains}), parts of them, and what they cost.
 */
package io.github.repvgg4j.model;
