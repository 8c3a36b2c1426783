package io.github.repvgg4j.bench.serving;

import io.github.repvgg4j.bench.serving.Load.Pace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;

/** A served file replaced by one that is cut off, then by text, under load. */
record BadModelFault() implements Fault {

  @Override
  public String name() {
    return "model replaced by a cut off zip, then by text";
  }

  @Override
  public Outcome happen(Stage stage) throws Exception {
    Path folder = Files.createDirectories(stage.folder().resolve("bad"));
    Path served = folder.resolve(ServingFiles.MODEL + ".zip");
    Files.copy(stage.files().zip(), served, StandardCopyOption.REPLACE_EXISTING);
    byte[] zip = Files.readAllBytes(served);
    try (ServerProcess server = stage.options().start().with(stage.options().serving(folder))) {
      RunningLoad load = RunningLoad.start(stage.load(server, Pace.steadyFor(12, 20)));
      Thread.sleep(1000);
      replace(served, Arrays.copyOf(zip, zip.length / 2));
      Thread.sleep(4000);
      replace(served, "no zip at all".getBytes(StandardCharsets.UTF_8));
      LoadResult result = load.result();
      boolean sound = stage.isSound(server);
      return new Outcome(
          sound && result.wrong() == 0 && result.failed() == 0,
          String.format(
              Locale.ROOT,
              "%s, %d wrong; the old one goes on answering: %s",
              result.outcomes(),
              result.wrong(),
              sound));
    }
  }

  /** Whole under its name at once. */
  static void replace(Path file, byte[] content) throws java.io.IOException {
    Path beside = file.resolveSibling("." + file.getFileName() + ".new");
    Files.write(beside, content);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
