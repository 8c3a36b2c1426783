package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.plan.Arithmetic;
import java.util.Arrays;
import java.util.List;

/** Softmax over all numbers. */
record PlainSoftmax() implements PlainStep {

  /** Assumed of one power and the quotient. */
  private static final int ROUNDINGS_OF_A_SHARE = 8;

  @Override
  public Plane value(List<Plane> in) {
    double[] x = in.get(0).values();
    double most = Arrays.stream(x).max().orElse(0);
    double[] powers = Arrays.stream(x).map(each -> Math.exp(each - most)).toArray();
    double sum = Arrays.stream(powers).sum();
    Plane out = in.get(0).alike();
    Arrays.setAll(out.values(), i -> powers[i] / sum);
    return out;
  }

  @Override
  public List<Plane> back(List<Plane> in, Plane gradient) {
    double[] shares = value(in).values();
    double mean = 0;
    for (int i = 0; i < shares.length; i++) {
      mean += shares[i] * gradient.values()[i];
    }
    Plane result = in.get(0).alike();
    for (int i = 0; i < shares.length; i++) {
      result.values()[i] = shares[i] * (gradient.values()[i] - mean);
    }
    return List.of(result);
  }

  /** The difference before each power is rounded by u times its size, which the power stretches. */
  @Override
  public Roundings roundings(List<Plane> in, Plane out, Arithmetic arithmetic) {
    double spread = 2 * Arrays.stream(in.get(0).sizes().values()).max().orElse(0);
    double[] sizes = Arrays.stream(out.values()).map(share -> share * (1 + spread)).toArray();
    return Roundings.of(sizes, in.get(0).values().length + (double) ROUNDINGS_OF_A_SHARE);
  }
}
