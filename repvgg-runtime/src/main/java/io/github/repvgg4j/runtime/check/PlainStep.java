package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.plan.Arithmetic;
import java.util.List;

/** One step of a network in float64, by its definition. */
interface PlainStep {

  Plane value(List<Plane> in);

  /**
   * The chain rule, where the step has a derivative.
   *
   * @param gradient of some number, by this step's value
   * @return of the same number, by each input
   */
  List<Plane> back(List<Plane> in, Plane gradient);

  /**
   * Its roundings in float32, to first order.
   *
   * @param out its value
   * @param arithmetic of a convolution; of no effect elsewhere
   */
  Roundings roundings(List<Plane> in, Plane out, Arithmetic arithmetic);
}
