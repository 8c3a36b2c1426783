package io.github.repvgg4j.archive.quantized;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Map;
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
   * Layer by layer, so that no byte is held twice.
   *
   * @param in with as many bytes as {@link #length} says
   * @param scales of the weights, by node number
   * @throws EOFException where it has fewer
   * @throws IllegalArgumentException one line that names the layer at fault
   */
  static SortedMap<Integer, QuantizedLayer> read(
      InputStream in, SortedMap<Integer, LayerShape> shapes, SortedMap<Integer, float[]> scales)
      throws IOException {
    SortedMap<Integer, QuantizedLayer> layers = new TreeMap<>();
    for (Map.Entry<Integer, LayerShape> entry : shapes.entrySet()) {
      int node = entry.getKey();
      byte[] weights = read(in, entry.getValue().weights());
      int[] bias = new int[entry.getValue().out()];
      ByteBuffer.wrap(read(in, Integer.BYTES * bias.length))
          .order(ByteOrder.LITTLE_ENDIAN)
          .asIntBuffer()
          .get(bias);
      layers.put(node, layer(node, weights, scales.get(node), bias));
    }
    return layers;
  }

  /** Takes memory as bytes come. */
  private static byte[] read(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }

  private static QuantizedLayer layer(int node, byte[] weights, float[] scales, int[] bias) {
    try {
      return new QuantizedLayer(weights, scales, bias);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("layer " + node + ": " + e.getMessage(), e);
    }
  }
}
