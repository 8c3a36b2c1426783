package io.github.repvgg4j.serve.batch;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * An image to be decoded, on one core.
 *
 * @param arrivedNanos when its request came, of {@link System#nanoTime}
 * @param work empty where nothing is to be computed
 */
record Decoding(long arrivedNanos, Supplier<Optional<Decoded>> work) implements Work {}
