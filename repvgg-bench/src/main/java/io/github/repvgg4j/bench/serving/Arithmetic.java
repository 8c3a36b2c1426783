package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions;
import java.util.List;
import java.util.Locale;

/** How server and runtime compute, so that their answers and times can be compared. */
record Arithmetic(Precision precision, Convolutions convolutions) {

  /** Of one image alone and in a batch: sums run in another order there. */
  private static final double BATCHED = 1e-6;

  /**
   * Two kernels, one of them Winograd's: for batches, on fewer cores, and before it is measured.
   */
  private static final double MIXED = 1e-5;

  Arithmetic precision(Precision other) {
    return new Arithmetic(other, convolutions);
  }

  RuntimeOptions runtime() {
    return RuntimeOptions.of(precision).convolutions(convolutions);
  }

  /** Of the server's command line. */
  List<String> arguments() {
    return List.of(
        "--precision",
        precision.name().toLowerCase(Locale.ROOT),
        "--convolutions",
        convolutions.toString());
  }

  /** Whether an image alone gets the same bits in each process. */
  boolean isExact() {
    return precision != Precision.FP32 || convolutions != Convolutions.FASTEST;
  }

  /** max|a - b| / max|b| of two answers to one image, with whatever else computed. */
  double tolerance() {
    return precision != Precision.FP32 || convolutions == Convolutions.DIRECT ? BATCHED : MIXED;
  }

  @Override
  public String toString() {
    return precision == Precision.FP32 ? precision + " " + convolutions : precision.toString();
  }
}
