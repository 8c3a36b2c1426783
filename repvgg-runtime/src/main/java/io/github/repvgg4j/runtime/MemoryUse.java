package io.github.repvgg4j.runtime;

/**
 * What a {@link FastNetwork} holds off-heap.
 *
 * @param weightBytes parameters, in every layout that a plan asked for
 * @param scratchBytes activations and working memory of callers that are not running just now
 */
public record MemoryUse(long weightBytes, long scratchBytes) {}
