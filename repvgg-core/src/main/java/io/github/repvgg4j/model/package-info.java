/**
 * Networks of Deeplearning4j: built from a {@link io.github.repvgg4j.spec.RepVggSpec} ({@link
 * io.github.repvgg4j.model.RepVggGraphs}), and what can be told of any: its input, its head, its
 * cost.
 */
package io.github.repvgg4j.model;
