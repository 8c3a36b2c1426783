package io.github.repvgg4j.train.run;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.text.FailureWords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folder of a run and the names in it. */
public final class RunFolder {

  private static final List<String> OWN_FILES =
      List.of(
          "config.yaml",
          "metrics.jsonl",
          "model.zip",
          "model-raw.zip",
          "result.json",
          "curves.png",
          "run.log",
          "report.html");

  private final Path folder;

  private RunFolder(Path folder) {
    this.folder = folder;
  }

  /** What to do with results that are already there. */
  public enum StartMode {
    /** Refuse. */
    NEW,
    /** Remove the earlier run's files. */
    OVERWRITE,
    /** Go on from its newest checkpoint. */
    RESUME
  }

  /**
   * Checks the folder; changes nothing.
   *
   * @throws IOException when the mode does not fit what is there
   */
  public static RunFolder check(Path folder, StartMode mode) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IOException(folder + ": is a file; give another output.folder");
    }
    boolean used = OWN_FILES.stream().anyMatch(name -> Files.exists(folder.resolve(name)));
    if (mode == StartMode.NEW && used) {
      throw new IOException(
          folder
              + ": holds a run already; give another output.folder, or --resume to go on, or"
              + " --overwrite to replace it");
    }
    if (mode == StartMode.RESUME && !Files.isDirectory(folder)) {
      throw new IOException(folder + ": no run to resume");
    }
    return new RunFolder(folder);
  }

  /** Makes the folder and proves that it can be written; removes an earlier run's files. */
  public void open(StartMode mode) throws IOException {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".write", ".tmp"));
    } catch (IOException e) {
      throw new IOException(
          folder
              + ": cannot be written ("
              + (e instanceof FileSystemException fault
                  ? FailureWords.reason(fault)
                  : FailureWords.of(e))
              + "); give another output.folder",
          e);
    }
    if (mode == StartMode.OVERWRITE) {
      for (String name : OWN_FILES) {
        Files.deleteIfExists(folder.resolve(name));
      }
      deleteFiles(checkpoints());
    }
  }

  private static void deleteFiles(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
  }

  public void writeConfig(String yaml) throws IOException {
    AtomicFile.write(folder.resolve("config.yaml"), yaml.getBytes(StandardCharsets.UTF_8));
  }

  /** All lines anew, so that the file is whole at any time. */
  public void writeMetrics(List<EpochMetrics> metrics) throws IOException {
    StringBuilder lines = new StringBuilder();
    metrics.forEach(epoch -> lines.append(Json.line(epoch)).append('\n'));
    AtomicFile.write(
        folder.resolve("metrics.jsonl"), lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @param result a record or map
   */
  public void writeResult(Object result) throws IOException {
    AtomicFile.write(
        folder.resolve("result.json"), Json.pretty(result).getBytes(StandardCharsets.UTF_8));
  }

  public void writeCurves(List<EpochMetrics> metrics) throws IOException {
    AtomicFile.write(folder.resolve("curves.png"), Curves.png(metrics));
  }

  public Path path() {
    return folder;
  }

  public Path model() {
    return folder.resolve("model.zip");
  }

  public Path rawModel() {
    return folder.resolve("model-raw.zip");
  }

  public Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  public Path log() {
    return folder.resolve("run.log");
  }

  public Path report() {
    return folder.resolve("report.html");
  }

  /** Where generated images go unless data.path says otherwise. */
  public Path images() {
    return folder.resolve("images");
  }
}
