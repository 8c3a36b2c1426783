package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.onednn.primitive.Function;
import java.util.Map;

/** Writes the functions that the fast runtime has. */
final class FunctionTranslator {

  private final OnnxGraph graph;

  FunctionTranslator(OnnxGraph graph) {
    this.graph = graph;
  }

  /** Adds a function's nodes; none for the identity. */
  Value apply(String label, Function function, Value x) {
    if (function.isIdentity()) {
      return x;
    }
    float alpha = function.alpha();
    return switch (function.kind()) {
      case LINEAR -> graph.node(OnnxOp.MUL, label, x, graph.number(label + ".factor", alpha));
      case RELU ->
          alpha == 0
              ? graph.node(OnnxOp.RELU, label, x)
              : graph.node(OnnxOp.LEAKY_RELU, label, x.shape(), Map.of("alpha", alpha), x.name());
      case BOUNDED_RELU ->
          graph.node(
              OnnxOp.CLIP,
              label,
              x,
              graph.number(label + ".min", 0),
              graph.number(label + ".max", alpha));
      case ELU -> graph.node(OnnxOp.ELU, label, x.shape(), Map.of("alpha", alpha), x.name());
      case SIGMOID -> graph.node(OnnxOp.SIGMOID, label, x);
      case TANH -> graph.node(OnnxOp.TANH, label, x);
      case SWISH -> swish(label, alpha, x);
    };
  }

  /** {@code x sigmoid(alpha x)}. */
  private Value swish(String label, float alpha, Value x) {
    Value inner =
        alpha == 1
            ? x
            : graph.node(OnnxOp.MUL, label + ".x", x, graph.number(label + ".factor", alpha));
    Value gate = graph.node(OnnxOp.SIGMOID, label + ".gate", inner);
    return graph.node(OnnxOp.MUL, label, x, gate.name());
  }
}
