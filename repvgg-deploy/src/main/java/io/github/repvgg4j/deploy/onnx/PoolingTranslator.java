package io.github.repvgg4j.deploy.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.api.buffer.DataType;

/** Writes pooling. */
final class PoolingTranslator {

  private static final int[] DL4J_DEFAULT = {2, 3};

  private final OnnxGraph graph;
  private final Layout layout;
  private final DataType dataType;

  PoolingTranslator(OnnxGraph graph, Layout layout, DataType dataType) {
    this.dataType = dataType;
    this.graph = graph;
    this.layout = layout;
  }

  Value pooling(String name, SubsamplingLayer conf, Value input) {
    Window window =
        Window.of(
            conf.getKernelSize(),
            conf.getStride(),
            conf.getPadding(),
            conf.getDilation(),
            conf.getConvolutionMode());
    PoolingType type = conf.getPoolingType();
    if (type != PoolingType.MAX && window.isDilated()) {
      throw new UnwritableException(type + " pooling with dilation cannot be written as ONNX");
    }
    if (window.isDilated() && dataType == DataType.FLOAT) {
      throw new UnwritableException(
          "dilated max pooling cannot be written as ONNX for a network of float32:"
              + " Deeplearning4j 1.0.0-M2.1 passes over its dilation there, ONNX does not");
    }
    Map<String, Object> attributes = window.attributes(input);
    int[] pads = (int[]) attributes.get("pads");
    if (pads != null && window.padsAtLeastAWindow(pads)) {
      throw new UnwritableException(
          "pooling that pads by as much as it reads cannot be written as ONNX");
    }
    OnnxOp op =
        switch (type) {
          case MAX -> OnnxOp.MAX_POOL;
          case AVG -> OnnxOp.AVERAGE_POOL;
          case PNORM -> OnnxOp.LP_POOL;
          default -> throw new UnwritableException(type + " pooling cannot be written as ONNX");
        };
    if (type == PoolingType.AVG && conf.isAvgPoolIncludePadInDivisor()) {
      attributes.put("count_include_pad", 1);
    }
    if (type == PoolingType.PNORM) {
      attributes.put("p", conf.getPnorm());
    }
    List<Dimension> shape = input.shapeWith(2, window.outputSize(input, graph.names()));
    return graph.node(op, name, shape, attributes, input.name());
  }

  Value global(String name, GlobalPoolingLayer conf, Value input) {
    if (!input.isImage()) {
      throw new UnwritableException("global pooling of what is no image cannot be written");
    }
    int[] stated = conf.getPoolingDimensions();
    int[] axes =
        Arrays.stream(stated == null ? DL4J_DEFAULT : stated)
            .map(axis -> layout.axis(axis, input.rank()))
            .sorted()
            .toArray();
    if (!Arrays.equals(axes, new int[] {2, 3})) {
      throw new UnwritableException(
          "global pooling of other axes than height and width cannot be written as ONNX");
    }
    List<Dimension> shape = input.shapeWith(2, List.of(Dimension.of(1), Dimension.of(1)));
    boolean collapse = conf.isCollapseDimensions();
    String label = collapse ? name + ".pooled" : name;
    Value pooled =
        switch (conf.getPoolingType()) {
          case AVG -> graph.node(OnnxOp.GLOBAL_AVERAGE_POOL, label, shape, Map.of(), input.name());
          case MAX -> graph.node(OnnxOp.GLOBAL_MAX_POOL, label, shape, Map.of(), input.name());
          case SUM -> sum(label, input, shape);
          case PNORM -> norm(label, conf.getPnorm(), input, shape);
        };
    return collapse ? flattened(name, pooled) : pooled;
  }

  private Value flattened(String name, Value pooled) {
    return graph.node(OnnxOp.FLATTEN, name, pooled.shape().subList(0, 2), Map.of(), pooled.name());
  }

  private Value sum(String label, Value input, List<Dimension> shape) {
    String axes = graph.integers(label + ".axes", 2, 3);
    return graph.node(OnnxOp.REDUCE_SUM, label, shape, Map.of("keepdims", 1), input.name(), axes);
  }

  /** {@code (sum |x|^p)^(1/p)}. */
  private Value norm(String label, int p, Value input, List<Dimension> shape) {
    Value size = graph.node(OnnxOp.ABS, label + ".abs", input);
    Value powers = graph.node(OnnxOp.POW, label + ".powers", size, graph.number(label + ".p", p));
    Value sum = sum(label + ".sum", powers, shape);
    return graph.node(OnnxOp.POW, label, sum, graph.number(label + ".root", 1.0 / p));
  }
}
