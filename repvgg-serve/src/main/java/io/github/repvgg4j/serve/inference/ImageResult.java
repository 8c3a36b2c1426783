package io.github.repvgg4j.serve.inference;

import io.github.repvgg4j.serve.batch.RowTimes;

/**
 * What was computed of one image.
 *
 * @param logits {@code [classes]}, float32
 * @param decodeNanos with waiting for a core; 0 for a tensor
 */
@SuppressWarnings("ArrayRecordComponent")
public record ImageResult(float[] logits, long decodeNanos, RowTimes times) {}
