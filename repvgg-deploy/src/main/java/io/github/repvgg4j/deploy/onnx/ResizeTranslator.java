package io.github.repvgg4j.deploy.onnx;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;

/** Writes layers of images that have no parameters: padding, cropping, scaling, normalising. */
final class ResizeTranslator {

  private final OnnxGraph graph;

  ResizeTranslator(OnnxGraph graph) {
    this.graph = graph;
  }

  /**
   * Adds a layer's nodes.
   *
   * @return null where the layer is none of these
   */
  Value translate(String name, Layer layer, Value input) {
    if (layer instanceof ZeroPaddingLayer padding) {
      return padded(name, padding.getPadding(), LayerTranslator.image(input));
    }
    if (layer instanceof Cropping2D cropping) {
      return cropped(name, cropping.getCropping(), LayerTranslator.image(input));
    }
    if (layer instanceof Upsampling2D up) {
      return upsampled(name, up.getSize(), LayerTranslator.image(input));
    }
    if (layer instanceof SpaceToDepthLayer space) {
      return spaceToDepth(name, space.getBlockSize(), LayerTranslator.image(input));
    }
    if (layer instanceof LocalResponseNormalization lrn) {
      return responseNormalised(name, lrn, LayerTranslator.image(input));
    }
    return null;
  }

  private Dimension grown(Value input, int axis, long pixels) {
    Dimension size = input.shape().get(axis);
    return pixels == 0 ? size : size.map(n -> n + pixels, graph.names());
  }

  /**
   * @param p above, below, left, right
   */
  private Value padded(String name, int[] p, Value input) {
    List<Dimension> shape =
        input.shapeWith(2, List.of(grown(input, 2, p[0] + p[1]), grown(input, 3, p[2] + p[3])));
    String pads = graph.integers(name + ".pads", 0, 0, p[0], p[2], 0, 0, p[1], p[3]);
    return graph.node(OnnxOp.PAD, name, shape, Map.of(), input.name(), pads);
  }

  /**
   * @param c above, below, left, right
   */
  private Value cropped(String name, int[] c, Value input) {
    List<Dimension> shape =
        input.shapeWith(2, List.of(grown(input, 2, -c[0] - c[1]), grown(input, 3, -c[2] - c[3])));
    return sliced(name, input, shape, new long[] {c[0], c[2]}, new long[] {end(c[1]), end(c[3])});
  }

  /** Images from a pixel on, to the last or to one before it. */
  Value sliced(String name, Value input, List<Dimension> shape, long[] from, long[] to) {
    return graph.node(
        OnnxOp.SLICE,
        name,
        shape,
        Map.of(),
        input.name(),
        graph.integers(name + ".from", from),
        graph.integers(name + ".to", to),
        graph.integers(name + ".axes", 2, 3));
  }

  private static long end(int pixels) {
    return pixels == 0 ? Long.MAX_VALUE : -pixels;
  }

  private Value upsampled(String name, int[] size, Value input) {
    List<Dimension> shape =
        input.shapeWith(
            2,
            List.of(
                input.shape().get(2).map(n -> n * size[0], graph.names()),
                input.shape().get(3).map(n -> n * size[1], graph.names())));
    return graph.node(
        OnnxOp.RESIZE,
        name,
        shape,
        Map.of(
            "mode", "nearest",
            "coordinate_transformation_mode", "asymmetric",
            "nearest_mode", "floor"),
        input.name(),
        "",
        graph.array(name + ".scales", new float[] {1, 1, size[0], size[1]}, 4));
  }

  private Value spaceToDepth(String name, int block, Value input) {
    List<Dimension> shape =
        List.of(
            input.shape().get(0),
            input.channels().map(n -> n * block * block, graph.names()),
            input.shape().get(2).map(n -> n / block, graph.names()),
            input.shape().get(3).map(n -> n / block, graph.names()));
    return graph.node(OnnxOp.SPACE_TO_DEPTH, name, shape, Map.of("blocksize", block), input.name());
  }

  /** DL4J multiplies the sum by alpha, ONNX by alpha / size; both look half a size to each side. */
  private Value responseNormalised(String name, LocalResponseNormalization lrn, Value input) {
    int size = (int) lrn.getN() / 2 * 2 + 1;
    return graph.node(
        OnnxOp.LRN,
        name,
        input.shape(),
        Map.of(
            "alpha", (float) (lrn.getAlpha() * size),
            "beta", (float) lrn.getBeta(),
            "bias", (float) lrn.getK(),
            "size", size),
        input.name());
  }
}
