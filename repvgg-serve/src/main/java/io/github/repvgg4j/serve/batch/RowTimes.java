package io.github.repvgg4j.serve.batch;

/**
 * Where the time of one image went.
 *
 * @param waitNanos from being ready to compute until its batch began
 * @param computeNanos of its batch
 * @param batch images that were computed together
 */
public record RowTimes(long waitNanos, long computeNanos, int batch) {}
