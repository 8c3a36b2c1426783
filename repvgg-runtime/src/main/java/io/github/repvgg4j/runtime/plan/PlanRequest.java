package io.github.repvgg4j.runtime.plan;

import java.util.Optional;

/**
 * What is to be planned.
 *
 * @param kernel of all convolutions that it can compute; empty for the fastest of each
 * @param threads of a call; oneDNN's kernels are made for a number of them
 */
public record PlanRequest(BatchShape shape, Optional<Kernel> kernel, int threads) {}
