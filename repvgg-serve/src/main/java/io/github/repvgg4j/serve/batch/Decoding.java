package io.github.repvgg4j.serve.batch;

/**
 * An image to be decoded, on one core.
 *
 * @param arrivedNanos when its request came, of {@link System#nanoTime}
 */
record Decoding(long arrivedNanos, Runnable work) implements Work {}
