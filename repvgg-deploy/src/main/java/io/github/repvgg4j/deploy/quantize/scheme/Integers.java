package io.github.repvgg4j.deploy.quantize.scheme;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.IntegerTrace;
import io.github.repvgg4j.spec.InputShape;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A network with some of its nodes in integers.
 *
 * @param network of which the integers are: the network itself, or the same function with other
 *     ranges; nodes that stay float32 have the original's numbers in either
 * @param layers by node
 * @param codes by the node that gives the tensor
 * @param observed codes that would hold the results of integer layers which give float32
 */
public record Integers(
    FloatNetwork network,
    SortedMap<Integer, QuantizedLayer> layers,
    SortedMap<Integer, Codes> codes,
    SortedMap<Integer, Codes> observed) {

  public Integers {
    layers = Collections.unmodifiableSortedMap(new TreeMap<>(layers));
    codes = Collections.unmodifiableSortedMap(new TreeMap<>(codes));
    observed = Collections.unmodifiableSortedMap(new TreeMap<>(observed));
  }

  /** What it computes, tensor by tensor. */
  public IntegerTrace trace(InputShape image) {
    return new IntegerTrace(network, layers, codes, image);
  }
}
