package io.github.repvgg4j.cuda;

import io.github.repvgg4j.cuda.cudnn.CudnnDevice;
import io.github.repvgg4j.cuda.device.AlgorithmChoice;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.CudaException;
import io.github.repvgg4j.cuda.reference.JavaDevice;

/** Finds the device that training can run on. */
public final class CudaDevices {

  /**
   * System property: {@code java} puts plain Java in the card's place, to try the way of a training
   * run without a card. Slow.
   */
  public static final String PROPERTY = "repvgg.cuda.device";

  private CudaDevices() {}

  /**
   * @return the caller closes it
   * @throws CudaException there is none; one line says why and what to do
   */
  public static CudaDevice open(AlgorithmChoice choice) {
    if ("java".equals(System.getProperty(PROPERTY))) {
      return new JavaDevice();
    }
    try {
      return CudnnDevice.open(choice);
    } catch (NoClassDefFoundError e) {
      throw new CudaException(
          String.valueOf(e.getMessage()).contains("org/bytedeco/cuda")
              ? "built without CUDA 12; build with -Pcuda12"
              : libraries(e));
    } catch (LinkageError e) {
      throw new CudaException(libraries(e));
    }
  }

  private static String libraries(LinkageError e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return "CUDA's libraries can't be loaded ("
        + String.valueOf(cause.getMessage()).lines().findFirst().orElse("")
        + "); install CUDA 12 and cuDNN 9 and have them in LD_LIBRARY_PATH";
  }

  /** The card with its driver and libraries, or why there is none; one line. */
  public static String describe() {
    try (CudaDevice device = open(AlgorithmChoice.DETERMINISTIC)) {
      return device.description();
    } catch (CudaException e) {
      return "none: " + e.getMessage();
    }
  }
}
