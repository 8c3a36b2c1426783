package io.github.repvgg4j.deploy.quantize.trace;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** A quantised network with every tensor in sight. */
public final class IntegerTrace implements Trace {

  private final IntegerNodes nodes;
  private final SortedMap<Integer, Codes> codes;
  private final LastReaders readers;

  /**
   * @param network gives the nodes that compute in float32
   * @param image shape of one image
   */
  public IntegerTrace(FloatNetwork network, QuantizedNetwork quantized, InputShape image) {
    this(network, quantized.layers(), quantized.tensors(), image);
  }

  /** The same with layers and codes by the numbers of their nodes. */
  public IntegerTrace(
      FloatNetwork network,
      SortedMap<Integer, QuantizedLayer> layers,
      SortedMap<Integer, Codes> codes,
      InputShape image) {
    this.nodes = new IntegerNodes(network, layers, image);
    this.codes = codes;
    this.readers = LastReaders.of(network.graph());
  }

  @Override
  public float[] run(float[] images, int batch, Observer observer) {
    FastGraph graph = nodes.runner().network().graph();
    Codes ofImages = codes.get(QuantizedNetwork.IMAGES);
    Coded first = ofImages == null ? Coded.real(images) : Coded.of(images, ofImages);
    observer.tensor(FastGraph.IMAGES, first.real(), batch);
    List<Coded> tensors = new ArrayList<>();
    for (int n = 0; n < graph.nodes().size(); n++) {
      List<Coded> inputs =
          graph.nodes().get(n).inputs().stream()
              .map(i -> i == FastGraph.IMAGES ? first : tensors.get(i))
              .toList();
      float[] sums = nodes.sums(n, inputs, batch);
      observer.sums(n, sums, batch);
      Coded tensor = nodes.tensor(n, sums, batch, codes.get(n));
      if (observer != Observer.NOBODY) {
        observer.tensor(n, tensor.real(), batch);
      }
      tensors.add(tensor);
      readers.releasedBy(n).forEach(done -> tensors.set(done, null));
    }
    return tensors.get(graph.head().node()).real();
  }

  @Override
  public void close() {
    nodes.close();
  }
}
