package io.github.repvgg4j.quickstart;

import io.github.repvgg4j.deploy.DeployMain;
import io.github.repvgg4j.machine.Console;
import io.github.repvgg4j.machine.ProgramStart;
import io.github.repvgg4j.train.GeneratedData;
import io.github.repvgg4j.train.TrainMain;
import io.github.repvgg4j.train.Training;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Trains on generated images, fuses the result, proves that both forms answer alike and classifies
 * one image: what a user would do with {@code repvgg-train} and {@code repvgg-deploy}, one after
 * the other.
 */
public final class Quickstart {

  private static final Path CONFIG = Path.of("configs", "quickstart.yaml");
  private static final Path RUN = Path.of("runs", "quickstart");
  private static final String ALL_TEST_IMAGES = "10000";

  private final PrintStream out;

  private Quickstart(PrintStream out) {
    this.out = out;
  }

  /** Returns normally when all went well; else exits with the code of the step that failed. */
  public static void main(String[] arguments) throws IOException {
    ProgramStart.prepare();
    int code = new Quickstart(Console.out()).run();
    if (code != 0) {
      System.exit(code);
    }
  }

  private int run() throws IOException {
    String model = RUN.resolve("model.zip").toString();
    String fast = RUN.resolve("fast.zip").toString();
    heading("Train: three branches a block, on images made on the spot");
    TrainConfig config = ConfigFiles.read(CONFIG).withFolder(RUN);
    boolean unfinished = Training.isUnfinished(config);
    String start = unfinished ? "--resume" : "--overwrite";
    int code = TrainMain.run(start, "--output", RUN.toString(), CONFIG.toString());
    if (code == TrainMain.STOPPED) {
      out.println("the quickstart's command goes on with it");
    }
    if (code == 0) {
      heading("Convert: one convolution a block, compared on all test images");
      code = DeployMain.run("convert", model, "--force", "--images", ALL_TEST_IMAGES);
    }
    if (code == 0) {
      heading("Verify: the file as it lies on the disk, against the training form");
      code = DeployMain.run("verify", fast, "--against", model);
    }
    if (code == 0) {
      heading("Predict: one test image");
      code = DeployMain.run("predict", fast, anyTestImage(config).toString());
    }
    if (code == 0) {
      heading("All files are in " + RUN + ":");
      list();
      heading("Serve it, with a page to try it: here, or with the distribution");
      out.println("  mvn -q -pl repvgg-serve -am compile exec:java -Dexec.args=" + fast);
      out.println("  bin/repvgg-serve " + fast);
    }
    return code;
  }

  private void heading(String text) {
    out.printf(Locale.ROOT, "%n%s%n", text);
  }

  private static Path anyTestImage(TrainConfig config) throws IOException {
    Path images = Path.of(GeneratedData.in(config).data().path());
    try (Stream<Path> files = Files.walk(images.resolve("test"))) {
      return files.filter(Files::isRegularFile).sorted().findFirst().orElseThrow();
    }
  }

  private void list() throws IOException {
    try (Stream<Path> files = Files.list(RUN)) {
      for (Path file : files.filter(Quickstart::isResult).sorted().toList()) {
        out.printf(Locale.ROOT, "  %,12d bytes  %s%n", Files.size(file), file.getFileName());
      }
    }
  }

  private static boolean isResult(Path file) {
    return Files.isRegularFile(file) && !file.getFileName().toString().startsWith(".");
  }
}
