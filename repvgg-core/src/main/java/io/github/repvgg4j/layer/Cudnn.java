package io.github.repvgg4j.layer;

import io.github.repvgg4j.array.HostMemory;
import org.nd4j.linalg.factory.Nd4j;

/**
 * libnd4j's way through cuDNN, which nd4j-cuda-11.6 1.0.0-M2.1 takes for {@code conv2d} and {@code
 * conv2d_bp}: each call allocates device memory that nobody frees (448 MB a training step were
 * counted with workspaces of 8 MiB) and searches for its algorithm anew. libnd4j's own kernels do
 * neither.
 */
public final class Cudnn {

  private Cudnn() {}

  /** Keeps libnd4j from it, whatever a single operation allows; nothing happens on the CPU. */
  public static void avoid() {
    if (HostMemory.isOnDevice()) {
      Nd4j.getEnvironment().allowHelpers(false);
    }
  }
}
