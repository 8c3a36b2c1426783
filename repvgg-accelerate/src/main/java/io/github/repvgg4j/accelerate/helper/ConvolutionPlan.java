package io.github.repvgg4j.accelerate.helper;

import static io.github.repvgg4j.onednn.primitive.Argument.BIAS;
import static io.github.repvgg4j.onednn.primitive.Argument.BIAS_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.WEIGHTS;
import static io.github.repvgg4j.onednn.primitive.Argument.WEIGHTS_GRADIENT;

import io.github.repvgg4j.accelerate.helper.Kernel.Operand;
import io.github.repvgg4j.onednn.Order;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import java.util.List;

/** The three primitives of one convolution for one input shape; backward ones made when needed. */
final class ConvolutionPlan extends HelperPlan {

  private static final String NAME = "convolution";

  private final ConvolutionShape shape;
  private final Convolution convolution;
  private final Primitive plan;
  private final Kernel forward;
  private Kernel backwardData;
  private Kernel backwardWeights;

  ConvolutionPlan(ConvolutionShape shape) {
    this.shape = shape;
    this.convolution = convolution();
    this.plan = convolution.forward(Purpose.TRAINING, After.NOTHING);
    this.forward =
        keep(
            new Kernel(
                NAME,
                plan,
                List.of(source(SOURCE), weights(WEIGHTS), new Operand(BIAS, shape.bias())),
                List.of(target(TARGET))));
  }

  private Convolution convolution() {
    return Convolution.direct(
        shape.source().layout().in(Order.ANY),
        shape.weightLayout().in(Order.ANY),
        shape.bias(),
        shape.targetLayout().in(Order.ANY),
        shape.window());
  }

  /** Runs on source, weights, bias, target. */
  Kernel forward() {
    return forward;
  }

  /** Runs on weights, target's gradient, source's gradient. */
  Kernel backwardData() {
    if (backwardData == null) {
      backwardData =
          keep(
              new Kernel(
                  NAME,
                  convolution.backwardData(plan),
                  List.of(weights(WEIGHTS), target(TARGET_GRADIENT)),
                  List.of(source(SOURCE_GRADIENT))));
    }
    return backwardData;
  }

  /** Runs on source, target's gradient, weights' gradient, bias' gradient. */
  Kernel backwardWeights() {
    if (backwardWeights == null) {
      backwardWeights =
          keep(
              new Kernel(
                  NAME,
                  convolution.backwardWeights(plan),
                  List.of(source(SOURCE), target(TARGET_GRADIENT)),
                  List.of(weights(WEIGHTS_GRADIENT), new Operand(BIAS_GRADIENT, shape.bias()))));
    }
    return backwardWeights;
  }

  private Operand source(Argument argument) {
    return new Operand(argument, shape.source().layout());
  }

  private Operand target(Argument argument) {
    return new Operand(argument, shape.targetLayout());
  }

  private Operand weights(Argument argument) {
    return new Operand(argument, shape.weightLayout());
  }
}
