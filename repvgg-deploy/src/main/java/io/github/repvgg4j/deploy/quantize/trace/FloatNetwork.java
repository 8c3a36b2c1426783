package io.github.repvgg4j.deploy.quantize.trace;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.source.NetworkSource;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.runtime.source.ZipSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A fused network with its numbers on the heap; the arrays are nobody's to change.
 *
 * @param arrays of each node, in the order of {@link FastLayer#arrays()}
 */
public record FloatNetwork(FastGraph graph, List<List<float[]>> arrays) {

  public FloatNetwork {
    arrays = List.copyOf(arrays);
  }

  /**
   * The numbers of a convolution or dense layer.
   *
   * @param weights {@code [out, in / groups, kH, kW]} or {@code [out, in]} in C order
   * @param bias {@code [out]}
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Weighted(float[] weights, float[] bias) {

    /** Output channels or classes. */
    public int out() {
      return bias.length;
    }

    /** Weights of one output channel. */
    public int each() {
      return weights.length / bias.length;
    }
  }

  /**
   * Reads a fast zip.
   *
   * @throws IOException one line: what is wrong with the file
   * @throws io.github.repvgg4j.runtime.graph.UnsupportedLayerException for a layer that the fast
   *     runtime does not have, such as those of the training form
   */
  public static FloatNetwork read(Path fastZip) throws IOException {
    try (SafeZip zip = ModelArchive.open(fastZip)) {
      return read(new ZipSource(zip));
    }
  }

  /** The same from wherever a network comes from. */
  public static FloatNetwork read(NetworkSource source) throws IOException {
    FastGraph graph = ConfigurationReader.read(source.configuration());
    List<List<float[]>> arrays = new ArrayList<>();
    try (Parameters parameters = source.parameters()) {
      long wanted = graph.layers().stream().mapToLong(FastLayer::parameterCount).sum();
      if (wanted != parameters.length()) {
        throw new IOException(
            source.name()
                + ": its layers take "
                + wanted
                + " parameters, it holds "
                + parameters.length());
      }
      for (FastLayer layer : graph.layers()) {
        arrays.add(parameters.read(layer));
      }
    }
    return new FloatNetwork(graph.arranged(), arrays);
  }

  public FastLayer layer(int node) {
    return graph.nodes().get(node).layer();
  }

  /** Whether a node can compute in integers: convolutions and dense layers. */
  public boolean isWeighted(int node) {
    return layer(node) instanceof FastLayer.Convolution || layer(node) instanceof FastLayer.Dense;
  }

  /** Of a node for which {@link #isWeighted}. */
  public Weighted weighted(int node) {
    List<float[]> own = arrays.get(node);
    return layer(node) instanceof FastLayer.Dense
        ? new Weighted(own.get(0), own.get(1))
        : new Weighted(own.get(1), own.get(0));
  }

  /** The same network with other numbers in one node. */
  public FloatNetwork with(int node, Weighted numbers) {
    List<List<float[]>> changed = new ArrayList<>(arrays);
    changed.set(
        node,
        layer(node) instanceof FastLayer.Dense
            ? List.of(numbers.weights(), numbers.bias())
            : List.of(numbers.bias(), numbers.weights()));
    return new FloatNetwork(graph, changed);
  }

  /** Numbers of the nodes that read a node's tensor. */
  public List<Integer> readers(int node) {
    List<Integer> readers = new ArrayList<>();
    for (int n = 0; n < graph.nodes().size(); n++) {
      if (graph.nodes().get(n).inputs().contains(node)) {
        readers.add(n);
      }
    }
    return readers;
  }
}
