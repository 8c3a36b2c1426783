/**
 * Runs a fused network as oneDNN primitives, without Deeplearning4j. Start at {@link
 * io.github.repvgg4j.runtime.FastNetwork}.
 *
 * <p>The way of a model: a {@code source} hands over configuration and numbers, {@code graph} reads
 * the one into a {@code FastGraph}, {@code plan} makes programs of it and runs them, {@code check}
 * holds the first results against what they should be. {@code image} stands on top: files in,
 * labels out.
 */
package io.github.repvgg4j.runtime;
