package io.github.repvgg4j.deploy.quantize.weight;

import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Dense;

/**
 * Which input channel a weight belongs to.
 *
 * @param each weights of one output channel
 * @param pixels weights of one input channel there
 * @param outPerGroup output channels of a group
 */
public record InputChannels(int each, int pixels, int outPerGroup) {

  /** Of a convolution or dense layer. */
  public static InputChannels of(FloatNetwork network, int node) {
    int each = network.weighted(node).each();
    if (network.layer(node) instanceof Dense dense) {
      return new InputChannels(each, dense.height() * dense.width(), dense.out());
    }
    Convolution convolution = (Convolution) network.layer(node);
    int kernel = convolution.window().kernel();
    return new InputChannels(each, kernel * kernel, convolution.out() / convolution.groups());
  }

  /**
   * @param weight its place among all weights
   */
  public int channel(int weight) {
    int group = weight / each / outPerGroup;
    return group * (each / pixels) + weight % each / pixels;
  }
}
