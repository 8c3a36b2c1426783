/**
 * The training loop: Deeplearning4j computes gradients, {@link
 * io.github.repvgg4j.train.loop.GraphTrainer} applies them by an own rule.
 */
package io.github.repvgg4j.train.loop;
