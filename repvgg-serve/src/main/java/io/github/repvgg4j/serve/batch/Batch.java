package io.github.repvgg4j.serve.batch;

import java.util.List;

/**
 * Images of one size that are computed together.
 *
 * @param threads cores that it takes
 */
record Batch(ModelQueue queue, List<Row> rows, int threads) implements Work {}
