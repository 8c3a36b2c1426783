/**
 * Measures the project beside its peers: the same images, the same threads, engines taking turns.
 * Start at {@link io.github.repvgg4j.bench.BenchMain}; what is measured has a room each ({@code
 * inference}, {@code training}, {@code loading}, {@code runtime}), on top of {@code engine} (what
 * is measured) and {@code measure} (how).
 */
package io.github.repvgg4j.bench;
