package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.plan.Arithmetic;
import java.util.Collections;
import java.util.List;

/** The sum of tensors of one shape. */
record PlainSum() implements PlainStep {

  @Override
  public Plane value(List<Plane> in) {
    Plane out = in.get(0).alike();
    in.forEach(out::add);
    return out;
  }

  @Override
  public List<Plane> back(List<Plane> in, Plane gradient) {
    return Collections.nCopies(in.size(), gradient);
  }

  @Override
  public Roundings roundings(List<Plane> in, Plane out, Arithmetic arithmetic) {
    double[] sizes = value(in.stream().map(Plane::sizes).toList()).values();
    return Roundings.ofSums(sizes, out.values(), in.size() - 1.0);
  }
}
