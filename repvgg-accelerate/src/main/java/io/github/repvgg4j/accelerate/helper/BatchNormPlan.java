package io.github.repvgg4j.accelerate.helper;

import static io.github.repvgg4j.onednn.primitive.Argument.MEAN;
import static io.github.repvgg4j.onednn.primitive.Argument.SCALE;
import static io.github.repvgg4j.onednn.primitive.Argument.SCALE_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.SHIFT;
import static io.github.repvgg4j.onednn.primitive.Argument.SHIFT_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.VARIANCE;

import io.github.repvgg4j.accelerate.helper.Kernel.Operand;
import io.github.repvgg4j.onednn.Order;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.BatchNorm;
import io.github.repvgg4j.onednn.primitive.Primitive;
import java.util.List;
import java.util.stream.Stream;

/** The primitives of one BatchNorm for one input shape, each made when first needed. */
final class BatchNormPlan extends HelperPlan {

  private static final String NAME = "BatchNorm";
  private static final List<Order> FAST =
      List.of(Order.BLOCKS_OF_16, Order.BLOCKS_OF_8, Order.CHANNELS_LAST);

  /** What distinguishes two calls of one layer. */
  record Shape(ImageShape images, float eps) {}

  private final Shape shape;
  private final BatchNorm norm;
  private final Primitive plan;
  private Kernel training;
  private Kernel inference;
  private Kernel backward;

  BatchNormPlan(Shape shape) {
    this.shape = shape;
    this.norm = fastNorm();
    this.plan = norm.training();
  }

  /** In the first layout for which oneDNN has generated code; the array's own without any. */
  private BatchNorm fastNorm() {
    for (Order order : FAST) {
      BatchNorm candidate = new BatchNorm(shape.images().layout().in(order), shape.eps());
      try (Primitive trial = candidate.training()) {
        if (trial.isGenerated()) {
          return candidate;
        }
      }
    }
    return new BatchNorm(shape.images().layout(), shape.eps());
  }

  /** Runs on source, gamma, beta, target, batch mean, batch variance (biased). */
  Kernel training() {
    if (training == null) {
      training =
          kernel(
              plan,
              List.of(images(SOURCE), vector(SCALE), vector(SHIFT)),
              List.of(images(TARGET), vector(MEAN), vector(VARIANCE)));
    }
    return training;
  }

  /** Runs on source, gamma, beta, mean, variance, target. */
  Kernel inference() {
    if (inference == null) {
      inference =
          kernel(
              norm.inference(),
              Stream.concat(
                      Stream.of(images(SOURCE)),
                      Stream.of(SCALE, SHIFT, MEAN, VARIANCE).map(this::vector))
                  .toList(),
              List.of(images(TARGET)));
    }
    return inference;
  }

  /**
   * Runs on source, target's gradient, batch mean, batch variance, gamma, beta, source's gradient,
   * gamma's gradient, beta's gradient.
   */
  Kernel backward() {
    if (backward == null) {
      backward =
          kernel(
              norm.backward(plan),
              Stream.concat(
                      Stream.of(images(SOURCE), images(TARGET_GRADIENT)),
                      Stream.of(MEAN, VARIANCE, SCALE, SHIFT).map(this::vector))
                  .toList(),
              List.of(images(SOURCE_GRADIENT), vector(SCALE_GRADIENT), vector(SHIFT_GRADIENT)));
    }
    return backward;
  }

  private Kernel kernel(Primitive primitive, List<Operand> read, List<Operand> written) {
    return keep(new Kernel(NAME, primitive, read, written));
  }

  private Operand images(Argument argument) {
    return new Operand(argument, shape.images().layout());
  }

  private Operand vector(Argument argument) {
    return new Operand(argument, norm.vector());
  }
}
