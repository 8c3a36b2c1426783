package io.github.repvgg4j.runtime;

import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * What a service does: loads, answers, is idle. Prints its logits, the threads that answered, and
 * on request the CPU ticks of an idle second.
 */
final class ServiceProgram {

  private static final Path TASKS = Path.of("/proc/self/task");

  private ServiceProgram() {}

  public static void main(String[] arguments) throws Exception {
    Thread caller =
        new Thread(
            () -> {
              try {
                serve(arguments);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            "answers");
    caller.setUncaughtExceptionHandler(
        (thread, e) -> {
          e.printStackTrace();
          System.exit(1);
        });
    caller.start();
    caller.join();
  }

  private static void serve(String[] arguments) throws IOException, InterruptedException {
    int threads = Integer.parseInt(arguments[1]);
    RuntimeOptions options = RuntimeOptions.of(Precision.FP32).threads(threads);
    float[] image = new float[3 * 32 * 32];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) Math.sin(i);
    }
    try (FastNetwork network = FastNetwork.load(Path.of(arguments[0]), options)) {
      float[] logits = network.logits(image, 1, InputShape.square(32));
      System.out.println("logits " + Arrays.toString(logits));
      System.out.println("check " + network.selfCheck().orElseThrow().reference());
      System.out.println("workers " + workers());
      if (arguments[2].equals("idle")) {
        Thread.sleep(200);
        long before = ticks();
        Thread.sleep(1000);
        System.out.println("ticks " + (ticks() - before));
      }
    }
  }

  /**
   * The calling thread and OpenMP's, which have its name from it; the JVM's own come and go and
   * have others.
   */
  private static long workers() throws IOException {
    try (Stream<Path> tasks = Files.list(TASKS)) {
      return tasks.filter(task -> name(task).equals("answers")).count();
    }
  }

  private static String name(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  /** CPU time of the process, in hundredths of a second. */
  private static long ticks() throws IOException {
    String line = Files.readString(Path.of("/proc/self/stat"));
    String[] words = line.substring(line.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(words[11]) + Long.parseLong(words[12]);
  }
}
