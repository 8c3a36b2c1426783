package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.plan.Arithmetic;
import java.util.List;

/** The average of each channel. */
record PlainMean() implements PlainStep {

  @Override
  public Plane value(List<Plane> in) {
    return mean(in.get(0));
  }

  private static Plane mean(Plane in) {
    int pixels = in.height() * in.width();
    Plane out = Plane.zeros(in.channels(), 1, 1);
    for (int i = 0; i < in.values().length; i++) {
      out.values()[i / pixels] += in.values()[i] / pixels;
    }
    return out;
  }

  @Override
  public List<Plane> back(List<Plane> in, Plane gradient) {
    Plane result = in.get(0).alike();
    int pixels = result.height() * result.width();
    for (int i = 0; i < result.values().length; i++) {
      result.values()[i] = gradient.values()[i / pixels] / pixels;
    }
    return List.of(result);
  }

  @Override
  public Roundings roundings(List<Plane> in, Plane out, Arithmetic arithmetic) {
    int pixels = in.get(0).height() * in.get(0).width();
    return Roundings.ofSums(mean(in.get(0).sizes()).values(), out.values(), pixels + 1.0);
  }
}
