package io.github.repvgg4j.archive.quantized;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The entry {@link QuantizedEntries#INTEGERS}: for each layer in the order of its node number the
 * weights, one byte each, and the biases, int32 little-endian.
 */
final class IntegerBytes {

  private IntegerBytes() {}

  static long length(Collection<LayerShape> shapes) {
    return shapes.stream().mapToLong(s -> s.weights() + (long) Integer.BYTES * s.out()).sum();
  }

  static byte[] write(SortedMap<Integer, QuantizedLayer> layers) {
    long length =
        layers.values().stream()
            .mapToLong(l -> l.weights().length + (long) Integer.BYTES * l.out())
            .sum();
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
    for (QuantizedLayer layer : layers.values()) {
      bytes.put(layer.weights());
      for (int bias : layer.bias()) {
        bytes.putInt(bias);
      }
    }
    return bytes.array();
  }

  /**
   * @param bytes as long as {@link #length} says
   * @param scales of the weights, by node number
   * @throws IllegalArgumentException one line that names the layer at fault
   */
  static SortedMap<Integer, QuantizedLayer> read(
      byte[] bytes, SortedMap<Integer, LayerShape> shapes, SortedMap<Integer, float[]> scales) {
    SortedMap<Integer, QuantizedLayer> layers = new TreeMap<>();
    ByteBuffer left = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    shapes.forEach(
        (node, shape) -> {
          byte[] weights = new byte[shape.weights()];
          left.get(weights);
          int[] bias = new int[shape.out()];
          for (int o = 0; o < bias.length; o++) {
            bias[o] = left.getInt();
          }
          layers.put(node, layer(node, weights, scales.get(node), bias));
        });
    return layers;
  }

  private static QuantizedLayer layer(int node, byte[] weights, float[] scales, int[] bias) {
    try {
      return new QuantizedLayer(weights, scales, bias);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("layer " + node + ": " + e.getMessage(), e);
    }
  }
}
