/**
 * A fused network node by node, so that every tensor can be looked at: in float32, and in the
 * integers of a quantised network. Computed by the fast runtime's convolutions; what stands between
 * them is arrays {@code [N, C, H, W]} in C order, float32, on the heap.
 */
package io.github.repvgg4j.deploy.quantize.trace;
