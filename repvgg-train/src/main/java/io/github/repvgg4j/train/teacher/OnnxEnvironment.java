package io.github.repvgg4j.train.teacher;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * ONNX Runtime's environment, made without harm to the JVM: version 1.29 looks through the
 * process's command line by a recursion that takes 260 bytes of stack for each character, so a
 * class path of 4,000 characters ends a JVM whose threads have the usual megabyte.
 */
final class OnnxEnvironment {

  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final long STACK_BYTES = 1 << 20;
  private static final long BYTES_A_CHARACTER = 1 << 10;

  private OnnxEnvironment() {}

  /**
   * @throws LinkageError it does not run here
   */
  static OrtEnvironment get() {
    FutureTask<OrtEnvironment> task =
        new FutureTask<>(
            () ->
                OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "repvgg4j"));
    Thread thread = new Thread(null, task, "onnxruntime", stackBytes());
    thread.start();
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("was interrupted while it was loaded", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof LinkageError fault
          ? fault
          : new LinkageError(String.valueOf(e.getCause()), e.getCause());
    }
  }

  private static long stackBytes() {
    try {
      return STACK_BYTES + BYTES_A_CHARACTER * Files.readAllBytes(COMMAND_LINE).length;
    } catch (IOException e) { // not on Linux
      return STACK_BYTES << 4;
    }
  }
}
