package io.github.repvgg4j.accelerate;

import io.github.repvgg4j.accelerate.BackendStartup.ClassPath;
import io.github.repvgg4j.array.HostMemory;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.nd4j.common.config.ND4JEnvironmentVars;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a program that computes asks of a build for CUDA: a card, its libraries, right results. */
final class CudaStart {

  private static final Logger LOG = LoggerFactory.getLogger(CudaStart.class);

  private static final String CPU =
      ". Build without -Pcuda to run on the CPU, or set BACKEND_PRIORITY_CPU=200.";

  /** Of the driver, not of CUDA. */
  private static final Pattern DRIVER_LIBRARY = Pattern.compile("libcuda\\.so|nvcuda");

  private CudaStart() {}

  /**
   * Starts CUDA.
   *
   * @throws BackendUnavailableException one line: no card, none that fits, a library missing, wrong
   *     results
   */
  static void require(ClassPath classPath) {
    CudaProbe probe = CudaProbe.run();
    refuseUnsupported(probe);
    probe.mixed().ifPresent(line -> LOG.warn("{}", line));
    BackendStartup.require();
    if (!HostMemory.isOnDevice()) {
      String skipped = BackendStartup.skipped();
      throw new BackendUnavailableException(
          explain(skipped == null ? "another backend runs" : skipped, classPath, probe), null);
    }
    refuseWrong(KnownProduct.fault(KnownProduct::byNd4j), probe);
  }

  static void refuseUnsupported(CudaProbe probe) {
    if (!probe.cards().isEmpty() && probe.cards().stream().noneMatch(CudaCard::runsNd4jCuda)) {
      throw new BackendUnavailableException("backend: " + probe.text() + CPU, null);
    }
  }

  static void refuseWrong(Optional<String> fault, CudaProbe probe) {
    if (fault.isPresent()) {
      throw new BackendUnavailableException(
          "backend: nd4j-cuda computes wrong: it " + fault.get() + "; " + probe.text() + CPU, null);
    }
  }

  /** As ND4J compares them: the CPU's priority is 0 and CUDA's 100 where nothing is set. */
  static boolean cpuIsPreferred() {
    return priority(ND4JEnvironmentVars.BACKEND_PRIORITY_CPU, 0)
        > priority(ND4JEnvironmentVars.BACKEND_PRIORITY_GPU, 100);
  }

  private static int priority(String variable, int otherwise) {
    String value = System.getenv(variable);
    return value != null && value.matches("-?\\d{1,9}") ? Integer.parseInt(value) : otherwise;
  }

  /**
   * Why CUDA does not start.
   *
   * @param cause first line of the exception that ND4J hides
   */
  static String explain(String cause, ClassPath classPath, CudaProbe probe) {
    String line = "backend: nd4j-cuda can't start (" + cause + "); " + probe.text();
    if (!classPath.natives()) {
      return line + ". Its native libraries for " + Loader.getPlatform() + " are missing" + CPU;
    }
    boolean library = cause.contains("UnsatisfiedLinkError");
    return library && !DRIVER_LIBRARY.matcher(cause).find()
        ? line
            + ". CUDA 11.6 and cuDNN 8.3 must be installed, or build with -Pcuda,cuda-redist, which"
            + " brings them (1.8 GB)"
            + CPU
        : line + CPU;
  }
}
