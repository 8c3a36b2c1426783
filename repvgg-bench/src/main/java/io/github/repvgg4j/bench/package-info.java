/**
 * Measures the project beside its peers in one process: the same images, the same threads, engines
 * taking turns, a correctness gate before each timing and a plausibility check after it. Start at
 * {@link io.github.repvgg4j.bench.BenchMain}.
 */
package io.github.repvgg4j.bench;
