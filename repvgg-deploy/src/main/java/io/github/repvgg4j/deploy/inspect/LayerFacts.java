package io.github.repvgg4j.deploy.inspect;

import java.util.List;

/**
 * One layer or vertex.
 *
 * @param name in the network
 * @param type what it computes, such as {@code conv 3x3 /2}
 * @param output shape of its output without the batch axis, {@code [C, H, W]} or {@code [n]}; empty
 *     where the input's shape is unknown
 * @param parameters numbers that training changes; BatchNorm's running statistics are not counted,
 *     as PyTorch counts
 * @param macs multiply-accumulates for one image, counted as the published tables do ({@code
 *     ModelCost}); 0 where the output shape is unknown
 */
public record LayerFacts(String name, String type, List<Long> output, long parameters, long macs) {}
