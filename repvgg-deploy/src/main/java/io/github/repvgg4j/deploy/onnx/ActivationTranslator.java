package io.github.repvgg4j.deploy.onnx;

import java.util.Map;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/** Writes activation functions as ND4J computes them in inference. */
final class ActivationTranslator {

  private final OnnxGraph graph;

  ActivationTranslator(OnnxGraph graph) {
    this.graph = graph;
  }

  /**
   * Adds a function's nodes.
   *
   * @param function null for none
   * @param softmaxAxis of the value, for the one function that is not element by element
   */
  Value apply(String label, IActivation function, Value input, int softmaxAxis) {
    if (function == null || function instanceof ActivationIdentity) {
      return input;
    }
    if (function instanceof ActivationSoftmax) {
      return graph.node(
          OnnxOp.SOFTMAX, label, input.shape(), Map.of("axis", softmaxAxis), input.name());
    }
    OnnxOp single = single(function);
    if (single != null) {
      return graph.node(single, label, input);
    }
    Value scaled = withNumber(label, function, input);
    return scaled == null ? composed(label, function, input) : scaled;
  }

  private static OnnxOp single(IActivation function) {
    if (function instanceof ActivationReLU relu) {
      boolean plain =
          isZero(relu.getThreshold()) && isZero(relu.getNegativeSlope()) && relu.getMax() == null;
      return plain ? OnnxOp.RELU : null;
    }
    if (function instanceof ActivationSigmoid) {
      return OnnxOp.SIGMOID;
    }
    if (function instanceof ActivationTanH) {
      return OnnxOp.TANH;
    }
    if (function instanceof ActivationSELU) {
      return OnnxOp.SELU;
    }
    if (function instanceof ActivationSoftPlus) {
      return OnnxOp.SOFTPLUS;
    }
    return function instanceof ActivationSoftSign ? OnnxOp.SOFTSIGN : null;
  }

  private static boolean isZero(Double number) {
    return number == null || number == 0;
  }

  /** One operator with a number, or null where the function is none. */
  private Value withNumber(String label, IActivation function, Value input) {
    if (function instanceof ActivationLReLU leaky) {
      return alpha(OnnxOp.LEAKY_RELU, label, leaky.getAlpha(), input);
    }
    if (function instanceof ActivationELU elu) {
      return alpha(OnnxOp.ELU, label, elu.getAlpha(), input);
    }
    if (function instanceof ActivationThresholdedReLU relu) {
      return alpha(OnnxOp.THRESHOLDED_RELU, label, relu.getTheta(), input);
    }
    if (function instanceof ActivationHardSigmoid) {
      return graph.node(
          OnnxOp.HARD_SIGMOID,
          label,
          input.shape(),
          Map.of("alpha", 0.2f, "beta", 0.5f),
          input.name());
    }
    if (function instanceof ActivationReLU6) {
      return clip(label, input, 0, 6);
    }
    if (function instanceof ActivationHardTanH) {
      return clip(label, input, -1, 1);
    }
    if (function instanceof ActivationRReLU random) {
      double cutoff = (random.getL() + random.getU()) / 2;
      return graph.node(OnnxOp.MAX, label, input, graph.number(label + ".cutoff", cutoff));
    }
    return null;
  }

  private Value alpha(OnnxOp op, String label, double alpha, Value input) {
    return graph.node(op, label, input.shape(), Map.of("alpha", (float) alpha), input.name());
  }

  private Value clip(String label, Value input, double min, double max) {
    return graph.node(
        OnnxOp.CLIP,
        label,
        input,
        graph.number(label + ".min", min),
        graph.number(label + ".max", max));
  }

  private Value composed(String label, IActivation function, Value x) {
    if (function instanceof ActivationReLU relu) {
      return relu(label, relu, x);
    }
    if (function instanceof ActivationSwish) {
      Value gate = graph.node(OnnxOp.SIGMOID, label + ".gate", x);
      return graph.node(OnnxOp.MUL, label, x, gate.name());
    }
    if (function instanceof ActivationMish) {
      Value gate =
          graph.node(
              OnnxOp.TANH, label + ".gate", graph.node(OnnxOp.SOFTPLUS, label + ".softplus", x));
      return graph.node(OnnxOp.MUL, label, x, gate.name());
    }
    if (function instanceof ActivationGELU) {
      return gelu(label, ((ActivationGELU) function).isPrecise(), x);
    }
    if (function instanceof ActivationCube) {
      Value square = graph.node(OnnxOp.MUL, label + ".square", x, x.name());
      return graph.node(OnnxOp.MUL, label, square, x.name());
    }
    if (function instanceof ActivationRectifiedTanh) {
      return graph.node(OnnxOp.RELU, label, graph.node(OnnxOp.TANH, label + ".tanh", x));
    }
    if (function instanceof ActivationRationalTanh) {
      return rationalTanh(label, x);
    }
    throw new UnwritableException("activation " + function + " cannot be written as ONNX");
  }

  /** {@code x >= t ? x : slope (x - t)}, then no more than a maximum. */
  private Value relu(String label, ActivationReLU relu, Value x) {
    double slope = relu.getNegativeSlope() == null ? 0 : relu.getNegativeSlope();
    Double max = relu.getMax();
    String body = max == null ? label : label + ".unbounded";
    Value bent;
    if (isZero(relu.getThreshold())) {
      bent =
          slope == 0 ? graph.node(OnnxOp.RELU, body, x) : alpha(OnnxOp.LEAKY_RELU, body, slope, x);
    } else {
      String threshold = graph.number(label + ".threshold", relu.getThreshold());
      Value below = graph.node(OnnxOp.LESS, label + ".below", x, threshold);
      Value lower =
          scaled(label + ".lower", graph.node(OnnxOp.SUB, label + ".under", x, threshold), slope);
      bent = graph.node(OnnxOp.WHERE, body, below, lower.name(), x.name());
    }
    return max == null
        ? bent
        : graph.node(OnnxOp.CLIP, label, bent, "", graph.number(label + ".max", max));
  }

  /**
   * {@code x sigmoid(1.702 x)}; precise: {@code x (1 + tanh(sqrt(2/pi)(x + (0.044715 x)^3))) / 2}.
   * The paper (arXiv 1606.08415) has 0.044715 outside of the power; ND4J has not.
   */
  private Value gelu(String label, boolean precise, Value x) {
    if (!precise) {
      Value gate = graph.node(OnnxOp.SIGMOID, label + ".gate", scaled(label + ".x", x, 1.702));
      return graph.node(OnnxOp.MUL, label, x, gate.name());
    }
    Value bend = scaled(label + ".bend", x, 0.044715);
    Value square = graph.node(OnnxOp.MUL, label + ".square", bend, bend.name());
    Value cube = graph.node(OnnxOp.MUL, label + ".cube", square, bend.name());
    Value inner =
        scaled(
            label + ".inner",
            graph.node(OnnxOp.ADD, label + ".bent", cube, x.name()),
            Math.sqrt(2 / Math.PI));
    Value gate =
        scaled(
            label + ".half",
            plus(label + ".sum", graph.node(OnnxOp.TANH, label + ".tanh", inner), 1),
            0.5);
    return graph.node(OnnxOp.MUL, label, x, gate.name());
  }

  /** {@code 1.7159 sgn(y) (1 - 1 / (1 + |y| + y^2 + 1.41645 y^4))}, {@code y = 2 x / 3}. */
  private Value rationalTanh(String label, Value x) {
    Value y = scaled(label + ".y", x, 2.0 / 3);
    Value square = graph.node(OnnxOp.MUL, label + ".y2", y, y.name());
    Value fourth = graph.node(OnnxOp.MUL, label + ".y4", square, square.name());
    Value sum = plus(label + ".sum", graph.node(OnnxOp.ABS, label + ".abs", y), 1);
    sum = graph.node(OnnxOp.ADD, label + ".sum2", sum, square.name());
    sum =
        graph.node(
            OnnxOp.ADD, label + ".sum4", sum, scaled(label + ".part", fourth, 1.41645).name());
    Value below = graph.node(OnnxOp.RECIPROCAL, label + ".reciprocal", sum);
    Value size = plus(label + ".size", scaled(label + ".minus", below, -1), 1);
    Value sign = graph.node(OnnxOp.SIGN, label + ".sign", y);
    return scaled(label, graph.node(OnnxOp.MUL, label + ".signed", size, sign.name()), 1.7159);
  }

  private Value scaled(String label, Value x, double factor) {
    return graph.node(OnnxOp.MUL, label, x, graph.number(label + ".factor", factor));
  }

  private Value plus(String label, Value x, double summand) {
    return graph.node(OnnxOp.ADD, label, x, graph.number(label + ".summand", summand));
  }
}
