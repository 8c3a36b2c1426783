/**
 * Model zips behind HTTP. Start at {@link io.github.repvgg4j.serve.Server}.
 *
 * <p>The way of a request: {@code http} reads it, {@code protocol} understands tensors, {@code
 * inference} lets it in and has images decoded, {@code batch} puts them together and computes them
 * by a network of {@code model}, and {@code metrics} counts.
 */
package io.github.repvgg4j.serve;
