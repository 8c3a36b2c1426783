package io.github.repvgg4j.archive.quantized;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The integers of an INT8 network; its structure is the float32 network's, whose nodes are numbered
 * in the order of DL4J's flat parameter vector.
 *
 * <p>A node with an entry in {@code layers} computes in integers and reads the codes of its input,
 * which therefore has an entry in {@code tensors}; all other nodes compute in float32. A node with
 * an entry in {@code tensors} gives codes, any other float32; float readers of codes take the real
 * numbers that the codes stand for.
 *
 * @param layers by node number; convolutions and dense layers
 * @param tensors by the number of the node that gives them, {@link #IMAGES} for the network's input
 * @param weightLimit largest magnitude of a weight: 127, or 63, exact on CPUs without VNNI too
 * @param floatWeights sha256 of the float32 network's {@code coefficients.bin}, hexadecimal
 * @param calibration what the scales were chosen by
 */
public record QuantizedNetwork(
    SortedMap<Integer, QuantizedLayer> layers,
    SortedMap<Integer, Codes> tensors,
    int weightLimit,
    String floatWeights,
    Calibration calibration) {

  /** The network's input among {@link #tensors}. */
  public static final int IMAGES = -1;

  /** Exact with VNNI only. */
  public static final int FULL_RANGE = 127;

  /** Exact on every CPU: a pair of products fits 16 bits. */
  public static final int PORTABLE = 63;

  /**
   * What the scales were chosen by.
   *
   * @param images how many
   * @param hash sha256 of the images' files, in their order
   * @param activations the rule: {@code mse}, {@code minmax}, {@code percentile} or {@code entropy}
   */
  public record Calibration(int images, String hash, String activations) {}

  /**
   * @throws IllegalArgumentException one line: no layer, another weight limit, a weight beyond it
   */
  public QuantizedNetwork {
    layers = Collections.unmodifiableSortedMap(new TreeMap<>(layers));
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("layers: none computes in integers");
    }
    if (weightLimit != FULL_RANGE && weightLimit != PORTABLE) {
      throw new IllegalArgumentException("weightLimit: must be 127 or 63, got " + weightLimit);
    }
    for (var layer : layers.entrySet()) {
      for (byte weight : layer.getValue().weights()) {
        if (Math.abs(weight) > weightLimit) {
          throw new IllegalArgumentException(
              "layer " + layer.getKey() + ": weight " + weight + " is beyond ±" + weightLimit);
        }
      }
    }
  }
}
