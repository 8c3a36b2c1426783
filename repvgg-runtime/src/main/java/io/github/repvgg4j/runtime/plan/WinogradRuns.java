package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastGraph.Node;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.GraphShapes;
import io.github.repvgg4j.runtime.plan.WinogradRun.Shape;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the convolutions of a network that Winograd's kernels can compute on this CPU. */
final class WinogradRuns {

  private final FastGraph graph;
  private final int batch;
  private final List<InputShape> results;
  private final InputShape images;
  private final List<WinogradRun> runs = new ArrayList<>();
  private final List<Integer> open = new ArrayList<>();
  private long spare;
  private Shape shape;
  private List<Kernel> kernels = List.of();

  private WinogradRuns(FastGraph graph, BatchShape batch, long spare) {
    this.graph = graph;
    this.batch = batch.batch();
    this.images = new InputShape(batch.channels(), batch.height(), batch.width());
    this.results = GraphShapes.of(graph, images).shapes();
    this.spare = spare;
  }

  /**
   * @param spareBytes that transformed weights may take; the first layers, whose weights are the
   *     smallest and used the most, come first
   */
  static List<WinogradRun> of(FastGraph graph, BatchShape batch, long spareBytes) {
    WinogradRuns found = new WinogradRuns(graph, batch, spareBytes);
    for (int i = 0; i < graph.nodes().size(); i++) {
      found.add(i, graph.nodes().get(i));
    }
    found.close();
    return List.copyOf(found.runs);
  }

  private void add(int number, Node node) {
    if (node.layer() instanceof FastLayer.Convolution layer) {
      int from = node.inputs().get(0);
      add(number, layer, from == FastGraph.IMAGES ? images : results.get(from));
    } else if (node.layer() instanceof FastLayer.Concatenation) {
      close();
    }
  }

  private void add(int number, FastLayer.Convolution layer, InputShape in) {
    long[] source = {batch, in.channels(), in.height(), in.width()};
    List<Kernel> found = kernels(layer, source);
    Shape now =
        new Shape(
            batch,
            in.channels(),
            in.height(),
            in.width(),
            layer.out(),
            layer.window().padding(),
            layer.after());
    if (!found.equals(kernels) || !now.equals(shape)) {
      close();
    }
    if (!found.isEmpty()) {
      shape = now;
      kernels = found;
      open.add(number);
    }
  }

  private List<Kernel> kernels(FastLayer.Convolution layer, long[] source) {
    List<Kernel> found = new ArrayList<>();
    if (fits(ConvolutionPrimitives.winograd(layer, source, Kernel.WINOGRAD))) {
      found.add(Kernel.WINOGRAD);
    }
    ConvolutionPrimitives.winograd(layer, source, Kernel.WINOGRAD_FROM_PLAIN)
        .ifPresent(
            primitive -> {
              primitive.close();
              found.add(Kernel.WINOGRAD_FROM_PLAIN);
            });
    return found;
  }

  /** Whether there is room for its weights, which is then taken. */
  private boolean fits(Optional<Primitive> found) {
    if (found.isEmpty()) {
      return false;
    }
    try (Primitive primitive = found.get()) {
      long bytes = primitive.layout(Argument.WEIGHTS).bytes();
      boolean fits = bytes <= spare;
      spare -= fits ? bytes : 0;
      return fits;
    }
  }

  private void close() {
    if (!open.isEmpty()) {
      runs.add(new WinogradRun(open, shape, kernels));
      open.clear();
      kernels = List.of();
    }
  }
}
