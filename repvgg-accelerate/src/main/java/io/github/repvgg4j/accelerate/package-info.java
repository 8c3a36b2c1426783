/**
 * Which ND4J backend runs, and how fast: {@link io.github.repvgg4j.accelerate.Accelerator} gives a
 * network's layers the fast helpers that Deeplearning4j 1.0.0-M2.1 ships but can't start, each one
 * only after it agreed with the stock path.
 */
package io.github.repvgg4j.accelerate;
