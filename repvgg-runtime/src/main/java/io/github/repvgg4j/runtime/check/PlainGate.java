package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.plan.Arithmetic;
import java.util.Arrays;
import java.util.List;

/** Each channel of an image times one number: {@code [C, H, W]} and {@code [C, 1, 1]}. */
record PlainGate() implements PlainStep {

  @Override
  public Plane value(List<Plane> in) {
    return product(in.get(0), in.get(1));
  }

  private static Plane product(Plane image, Plane gates) {
    int pixels = image.height() * image.width();
    Plane out = image.alike();
    Arrays.setAll(out.values(), i -> image.values()[i] * gates.values()[i / pixels]);
    return out;
  }

  @Override
  public List<Plane> back(List<Plane> in, Plane gradient) {
    Plane image = in.get(0);
    int pixels = image.height() * image.width();
    Plane gates = in.get(1).alike();
    for (int i = 0; i < image.values().length; i++) {
      gates.values()[i / pixels] += image.values()[i] * gradient.values()[i];
    }
    return List.of(product(gradient, in.get(1)), gates);
  }

  @Override
  public Roundings roundings(List<Plane> in, Plane out, Arithmetic arithmetic) {
    return Roundings.of(out.sizes().values(), 1);
  }
}
