/**
 * What a RepVGG network is: its structure as a value ({@link io.github.repvgg4j.model.RepVggSpec}),
 * the names of its layers ({@link io.github.repvgg4j.model.BlockNames}) and the Deeplearning4j
 * graph built from it ({@link io.github.repvgg4j.model.RepVggGraphs}).
 */
package io.github.repvgg4j.model;
