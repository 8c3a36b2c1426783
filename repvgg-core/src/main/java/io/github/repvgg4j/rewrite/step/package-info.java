/**
 * What a node computes in inference, as far as fusing is concerned: {@link
 * io.github.repvgg4j.rewrite.step.StepReader} reads it out of the layer's configuration.
 */
package io.github.repvgg4j.rewrite.step;
