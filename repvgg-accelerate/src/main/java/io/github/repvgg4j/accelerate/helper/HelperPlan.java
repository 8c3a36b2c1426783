package io.github.repvgg4j.accelerate.helper;

import io.github.repvgg4j.onednn.program.Plan;
import java.util.ArrayList;
import java.util.List;

/** The kernels of a layer for one shape; they work in their thread's memory and hold none. */
abstract class HelperPlan implements Plan {

  /** Shapes of a layer that are kept planned. */
  static final int KEPT = 4;

  private final List<Kernel> kernels = new ArrayList<>();

  final Kernel keep(Kernel kernel) {
    kernels.add(kernel);
    return kernel;
  }

  @Override
  public final long bytes() {
    return 0;
  }

  @Override
  public final void close() {
    kernels.forEach(Kernel::close);
  }
}
