package io.github.repvgg4j.runtime.graph;

import io.github.repvgg4j.runtime.graph.FastGraph.Node;
import io.github.repvgg4j.runtime.graph.FastLayer.Concatenation;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Dense;
import io.github.repvgg4j.runtime.graph.FastLayer.GlobalAveragePool;
import io.github.repvgg4j.runtime.graph.FastLayer.Pool;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a network for one image, without computing them.
 *
 * @param shapes of each node's tensor
 * @param macs multiply-accumulates of convolutions and dense layers
 */
public record GraphShapes(List<InputShape> shapes, long macs) {

  /**
   * Walks the network.
   *
   * @throws UnsupportedLayerException where an image of this size is too small, or of another size
   *     than the one that a dense layer reads
   */
  public static GraphShapes of(FastGraph graph, InputShape image) {
    List<InputShape> shapes = new ArrayList<>();
    long macs = 0;
    for (Node node : graph.nodes()) {
      int from = node.inputs().get(0);
      InputShape in = from == FastGraph.IMAGES ? image : shapes.get(from);
      InputShape out = shape(node, in, shapes);
      macs += macs(node.layer(), out);
      shapes.add(out);
    }
    return new GraphShapes(List.copyOf(shapes), macs);
  }

  /** Whether images of this shape can be run. */
  public static boolean fits(FastGraph graph, InputShape image) {
    try {
      of(graph, image);
      return true;
    } catch (UnsupportedLayerException e) {
      return false;
    }
  }

  private static InputShape shape(Node node, InputShape in, List<InputShape> shapes) {
    FastLayer layer = node.layer();
    long[] axes = {1, in.channels(), in.height(), in.width()};
    if (layer instanceof Convolution convolution) {
      return image(convolution.window().output(layer.where(), axes, convolution.out()));
    }
    if (layer instanceof Pool pool) {
      return image(pool.window().output(layer.where(), axes, in.channels()));
    }
    if (layer instanceof GlobalAveragePool) {
      return new InputShape(in.channels(), 1, 1);
    }
    if (layer instanceof Concatenation) {
      int channels = node.inputs().stream().mapToInt(i -> shapes.get(i).channels()).sum();
      return new InputShape(channels, in.height(), in.width());
    }
    if (layer instanceof Dense dense) {
      dense.requireFit(axes);
      return new InputShape(dense.out(), 1, 1);
    }
    return in;
  }

  private static InputShape image(long[] axes) {
    return new InputShape((int) axes[1], (int) axes[2], (int) axes[3]);
  }

  private static long macs(FastLayer layer, InputShape out) {
    return layer.arrays().stream()
        .filter(dims -> dims.length > 1)
        .mapToLong(dims -> FastLayer.product(dims) * out.height() * out.width())
        .sum();
  }
}
