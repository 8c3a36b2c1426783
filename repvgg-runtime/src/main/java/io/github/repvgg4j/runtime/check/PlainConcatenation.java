package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.plan.Arithmetic;
import java.util.ArrayList;
import java.util.List;

/** Channels of several images behind one another. */
record PlainConcatenation() implements PlainStep {

  @Override
  public Plane value(List<Plane> in) {
    int channels = in.stream().mapToInt(Plane::channels).sum();
    Plane out = Plane.zeros(channels, in.get(0).height(), in.get(0).width());
    int at = 0;
    for (Plane input : in) {
      System.arraycopy(input.values(), 0, out.values(), at, input.values().length);
      at += input.values().length;
    }
    return out;
  }

  @Override
  public List<Plane> back(List<Plane> in, Plane gradient) {
    List<Plane> parts = new ArrayList<>();
    int at = 0;
    for (Plane input : in) {
      Plane part = input.alike();
      System.arraycopy(gradient.values(), at, part.values(), 0, part.values().length);
      at += part.values().length;
      parts.add(part);
    }
    return parts;
  }

  @Override
  public Roundings roundings(List<Plane> in, Plane out, Arithmetic arithmetic) {
    return Roundings.none(out);
  }
}
