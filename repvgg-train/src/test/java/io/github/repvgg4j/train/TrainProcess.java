package io.github.repvgg4j.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The training program in a JVM of its own. */
final class TrainProcess {

  private TrainProcess() {}

  /**
   * @param place where its output goes, {@code out.txt}
   */
  static Process start(Path place, Path job, String option) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            TrainMain.class.getName(),
            job.toString(),
            option);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(place.resolve("out.txt").toFile()))
        .start();
  }
}
