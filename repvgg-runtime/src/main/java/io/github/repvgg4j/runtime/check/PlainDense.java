package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.plan.Arithmetic;
import java.util.List;

/**
 * A linear layer of all that it reads.
 *
 * @param weights {@code [out, in]}
 */
@SuppressWarnings("ArrayRecordComponent")
record PlainDense(float[] weights, float[] bias) implements PlainStep {

  @Override
  public Plane value(List<Plane> in) {
    double[] x = in.get(0).values();
    Plane result = Plane.zeros(bias.length, 1, 1);
    for (int o = 0; o < bias.length; o++) {
      double sum = bias[o];
      for (int i = 0; i < x.length; i++) {
        sum += x[i] * weights[o * x.length + i];
      }
      result.values()[o] = sum;
    }
    return result;
  }

  @Override
  public List<Plane> back(List<Plane> in, Plane gradient) {
    Plane result = in.get(0).alike();
    double[] to = result.values();
    for (int o = 0; o < bias.length; o++) {
      for (int i = 0; i < to.length; i++) {
        to[i] += weights[o * to.length + i] * gradient.values()[o];
      }
    }
    return List.of(result);
  }

  @Override
  public Roundings roundings(List<Plane> in, Plane out, Arithmetic arithmetic) {
    PlainDense absolute = new PlainDense(Plane.sizes(weights), Plane.sizes(bias));
    double[] sizes = absolute.value(List.of(in.get(0).sizes())).values();
    return Roundings.ofSums(sizes, out.values(), in.get(0).values().length + 1.0);
  }
}
