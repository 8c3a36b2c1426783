/** Matrices made orthogonal by oneDNN's products, for optimizers that step in such directions. */
package io.github.repvgg4j.accelerate.orthogonal;
