package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.plan.Arithmetic;
import java.util.Arrays;
import java.util.List;

/** A function of each number by itself. */
record PlainFunction(Function function) implements PlainStep {

  /** Assumed of oneDNN's exponentials. */
  private static final int ROUNDINGS_OF_EXPONENTIALS = 8;

  @Override
  public Plane value(List<Plane> in) {
    Plane result = in.get(0).alike();
    Arrays.setAll(result.values(), i -> of(function, in.get(0).values()[i]));
    return result;
  }

  static double of(Function function, double x) {
    float alpha = function.alpha();
    return switch (function.kind()) {
      case LINEAR -> alpha * x;
      case RELU -> x < 0 ? alpha * x : x;
      case BOUNDED_RELU -> Math.min(alpha, Math.max(0, x));
      case ELU -> x < 0 ? alpha * Math.expm1(x) : x;
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case TANH -> Math.tanh(x);
      case SWISH -> x / (1 + Math.exp(-alpha * x));
    };
  }

  private double slope(double x) {
    float alpha = function.alpha();
    double value = of(function, x);
    return switch (function.kind()) {
      case LINEAR -> alpha;
      case RELU -> x < 0 ? alpha : 1;
      case BOUNDED_RELU -> x > 0 && x < alpha ? 1 : 0;
      case ELU -> x < 0 ? value + alpha : 1;
      case SIGMOID -> value * (1 - value);
      case TANH -> 1 - value * value;
      case SWISH -> {
        double sigmoid = 1 / (1 + Math.exp(-alpha * x));
        yield sigmoid + alpha * value * (1 - sigmoid);
      }
    };
  }

  @Override
  public List<Plane> back(List<Plane> in, Plane gradient) {
    Plane result = in.get(0).alike();
    Arrays.setAll(result.values(), i -> gradient.values()[i] * slope(in.get(0).values()[i]));
    return List.of(result);
  }

  @Override
  public Roundings roundings(List<Plane> in, Plane out, Arithmetic arithmetic) {
    double[] sizes = out.sizes().values();
    return switch (function.kind()) {
      case LINEAR, RELU, BOUNDED_RELU -> Roundings.of(sizes, roundsProducts() ? 1 : 0);
      case ELU, SIGMOID, TANH, SWISH ->
          Roundings.of(
              Arrays.stream(sizes).map(size -> size + 1).toArray(), ROUNDINGS_OF_EXPONENTIALS);
    };
  }

  private boolean roundsProducts() {
    return function.kind() != Function.Kind.BOUNDED_RELU
        && function.alpha() != 0
        && function.alpha() != 1;
  }
}
