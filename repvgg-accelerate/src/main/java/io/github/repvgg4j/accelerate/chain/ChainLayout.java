package io.github.repvgg4j.accelerate.chain;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Order;

/**
 * The layout of all activations of a plan, and its kernels.
 *
 * @param type also of the weights' working copies
 * @param convolutions how those of dense 3x3 kernels of stride 1 are computed in float32
 */
record ChainLayout(DataType type, Order order, Convolutions convolutions) {

  Layout of(long... dims) {
    return Layout.of(type, order, dims);
  }
}
