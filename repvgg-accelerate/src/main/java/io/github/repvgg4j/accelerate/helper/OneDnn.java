package io.github.repvgg4j.accelerate.helper;

import io.github.repvgg4j.onednn.Cpu;
import java.util.Optional;
import org.nd4j.linalg.factory.Nd4j;

/** Whether Deeplearning4j's arrays can be given to oneDNN. */
public final class OneDnn {

  private static final Optional<String> OBSTACLE = find();

  private OneDnn() {}

  private static Optional<String> find() {
    String backend = Nd4j.getExecutioner().getEnvironmentInformation().getProperty("backend");
    if (!"CPU".equalsIgnoreCase(backend)) {
      return Optional.of("the ND4J backend is " + backend + ", not CPU");
    }
    return Cpu.unavailable()
        .map(reason -> "org.bytedeco:dnnl or org.bytedeco:opencl can't be loaded: " + reason);
  }

  /** Why not; empty where they can. */
  public static Optional<String> obstacle() {
    return OBSTACLE;
  }
}
