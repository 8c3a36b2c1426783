package io.github.repvgg4j.accelerate.chain;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Order;

/**
 * The layout of all activations of a plan.
 *
 * @param type also of the weights' working copies
 */
record ChainLayout(DataType type, Order order) {

  Layout of(long... dims) {
    return Layout.of(type, order, dims);
  }
}
