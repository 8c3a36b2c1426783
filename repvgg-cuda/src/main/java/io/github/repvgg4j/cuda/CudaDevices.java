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

  /** Whether this build could use a card where there is one. */
  public static boolean isBuilt() {
    return isJava()
        || CudaDevices.class.getResource("/org/bytedeco/cuda/global/cudart.class") != null;
  }

  private static boolean isJava() {
    return "java".equals(System.getProperty(PROPERTY));
  }

  /**
   * @return the caller closes it
   * @throws CudaException there is none; one line says why and what to do
   */
  public static CudaDevice open(AlgorithmChoice choice) {
    if (isJava()) {
      return new JavaDevice();
    }
    if (!isBuilt()) {
      throw new CudaException("built without CUDA 12; build with -Pcuda12");
    }
    try {
      return CudnnDevice.open(choice);
    } catch (LinkageError e) {
      throw new CudaException(libraries(e));
    }
  }

  private static String libraries(LinkageError e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    int library = message.lastIndexOf(": lib");
    return (library < 0 ? message : message.substring(library + 2))
        + "; install the NVIDIA driver, CUDA 12 and cuDNN 9 and have them in LD_LIBRARY_PATH";
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
