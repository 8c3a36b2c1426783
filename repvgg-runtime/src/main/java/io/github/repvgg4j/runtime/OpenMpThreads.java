package io.github.repvgg4j.runtime;

import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The calling thread's number of OpenMP threads. oneDNN's own binding cannot set it; ND4J's can, as
 * both share one OpenMP library.
 */
final class OpenMpThreads {

  private OpenMpThreads() {}

  /** What {@code OMP_NUM_THREADS} or the number of cores says. */
  static int byDefault() {
    String variable = System.getenv("OMP_NUM_THREADS");
    if (variable != null && variable.matches("[1-9][0-9]{0,3}")) {
      return Integer.parseInt(variable);
    }
    return Runtime.getRuntime().availableProcessors();
  }

  /** Runs with this many threads, then sets the caller's number again; 0 changes nothing. */
  static void with(int threads, Runnable run) {
    if (threads == 0) {
      run.run();
      return;
    }
    NativeOps openMp = NativeOpsHolder.getInstance().getDeviceNativeOps();
    int before = openMp.ompGetMaxThreads();
    openMp.setOmpNumThreads(threads);
    try {
      run.run();
    } finally {
      openMp.setOmpNumThreads(before);
    }
  }
}
