/**
 * How far rounding can take a fused network from its original. Start at {@link
 * io.github.repvgg4j.rewrite.bounds.RoundingBounds}; {@code RoundingModel} has the arithmetic.
 */
package io.github.repvgg4j.rewrite.bounds;
