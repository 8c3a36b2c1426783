package io.github.repvgg4j.accelerate;

import io.github.repvgg4j.array.ReferenceNumbers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares a helper with the stock path on a throw-away copy of a layer: its own channels, kernel,
 * stride, padding, dilation and activation, on a few small random images, forward and backward.
 * Layers of one geometry are compared once a process.
 */
final class HelperCheck {

  /**
   * Largest max|helper - stock| / max|stock| of an output or gradient that is still agreement.
   * Float32 sums in another order differ by some 1e-6.
   */
  static final double TOLERANCE = 1e-4;

  private static final Map<List<Object>, Result> KNOWN = new ConcurrentHashMap<>();

  private HelperCheck() {}

  /**
   * @param forwardDifference over inference and training outputs
   * @param backwardDifference over the gradients for input and parameters
   * @param failure why nothing was compared, or null
   */
  record Result(double forwardDifference, double backwardDifference, String failure) {

    /** Written so that NaN is a disagreement. */
    boolean agrees() {
      return failure == null && forwardDifference <= TOLERANCE && backwardDifference <= TOLERANCE;
    }
  }

  /** The result for this kind of helper in this layer, from memory where it is known. */
  static Result of(HelperSlot slot, Layer layer, HelperSource.Candidate helper) {
    List<Object> key = List.of(helper.type(), LayerProbe.geometry(layer));
    return KNOWN.computeIfAbsent(key, unused -> compare(slot, layer, helper));
  }

  private static Result compare(HelperSlot slot, Layer layer, HelperSource.Candidate helper) {
    double forward = 0;
    double backward = 0;
    try {
      for (LayerProbe probe : LayerProbe.of(layer)) {
        LayerProbe.Outcome stock = probe.run(slot, none -> null);
        Optional<String> flaw = flaw(stock.outputs()).or(() -> flaw(stock.gradients()));
        if (flaw.isPresent()) {
          return new Result(Double.NaN, Double.NaN, flaw.get());
        }
        LayerProbe.Outcome fast = probe.run(slot, helper.make());
        forward = worse(forward, difference(fast.outputs(), stock.outputs()));
        backward = worse(backward, difference(fast.gradients(), stock.gradients()));
      }
      return new Result(forward, backward, null);
    } catch (RuntimeException | LinkageError e) {
      return new Result(Double.NaN, Double.NaN, "helper failed: " + e);
    }
  }

  /** Of the stock path's numbers, which helpers are compared with. */
  static Optional<String> flaw(Map<String, INDArray> stock) {
    return stock.entrySet().stream()
        .flatMap(
            entry ->
                ReferenceNumbers.flaw(entry.getValue()).stream()
                    .map(flaw -> "the stock path's " + entry.getKey() + " " + flaw))
        .findFirst();
  }

  private static double difference(Map<String, INDArray> fast, Map<String, INDArray> stock) {
    double worst = 0;
    for (Map.Entry<String, INDArray> entry : stock.entrySet()) {
      INDArray expected = entry.getValue();
      double largest = expected.amaxNumber().doubleValue();
      INDArray actual = fast.get(entry.getKey());
      double distance = actual.sub(expected).amaxNumber().doubleValue();
      boolean finite = Double.isFinite(actual.sumNumber().doubleValue());
      worst = worse(worst, finite ? distance / largest : Double.NaN);
    }
    return worst;
  }

  /** The larger of both; NaN wins. */
  private static double worse(double a, double b) {
    return Math.max(a, b);
  }
}
