package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Writes integers as ONNX's QDQ form has them: float32 operators between pairs of QuantizeLinear
 * and DequantizeLinear, which a runtime joins to integer operators where it has them.
 */
final class Coding {

  private final OnnxGraph graph;

  Coding(OnnxGraph graph) {
    this.graph = graph;
  }

  /** The real numbers that a tensor's codes stand for. */
  Value coded(String label, Value real, Codes codes) {
    String scale = graph.number(label + ".scale", codes.scale());
    byte zeroPoint = (byte) codes.zeroPoint();
    String zero = graph.codes(label + ".zeroPoint", codes.type(), new byte[] {zeroPoint});
    Value integers = graph.node(OnnxOp.QUANTIZE_LINEAR, label + ".codes", real, scale, zero);
    return graph.node(OnnxOp.DEQUANTIZE_LINEAR, label + ".real", integers, scale, zero);
  }

  /**
   * What weights stand for.
   *
   * @param axes their axes, the outputs first
   * @return the name of the array
   */
  String weights(String label, QuantizedLayer layer, long[] axes) {
    int out = layer.out();
    return graph
        .node(
            OnnxOp.DEQUANTIZE_LINEAR,
            label + ".weight",
            Arrays.stream(axes).mapToObj(Dimension::of).toList(),
            Map.of("axis", 0),
            graph.codes(label + ".weight.codes", Codes.Type.S8, layer.weights(), axes),
            graph.array(label + ".weight.scale", layer.weightScales(), out),
            graph.codes(label + ".weight.zeroPoint", Codes.Type.S8, new byte[out], out))
        .name();
  }

  /** What biases stand for, whose scales are products of those of input and weights. */
  String bias(String label, QuantizedLayer layer, Codes input) {
    float[] scales = new float[layer.out()];
    for (int o = 0; o < scales.length; o++) {
      scales[o] = input.scale() * layer.weightScales()[o];
    }
    return graph
        .node(
            OnnxOp.DEQUANTIZE_LINEAR,
            label + ".bias",
            List.of(Dimension.of(layer.out())),
            Map.of("axis", 0),
            graph.sums(label + ".bias.sums", layer.bias()),
            graph.array(label + ".bias.scale", scales, scales.length))
        .name();
  }
}
