package io.github.repvgg4j.train.run;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.data.set.DataIdentity;
import io.github.repvgg4j.text.FailureWords;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * The folder of a run, held by one program at a time, and the names in it. A run that is to replace
 * an earlier one is written beside it until {@link #publish()}.
 */
public final class RunFolder implements Closeable {

  private final Path folder;
  private final FolderLock lock;
  private final Replacement replacement;
  private Path files;
  private RunLog log;

  private RunFolder(Path folder, FolderLock lock) {
    this.folder = folder;
    this.lock = lock;
    this.replacement = new Replacement(folder);
    this.files = folder;
  }

  /** What to do with results that are already there. */
  public enum StartMode {
    /** Refuse. */
    NEW,
    /** Replace the earlier run once the new one has a model. */
    OVERWRITE,
    /** Go on from the newest checkpoint of the newest run. */
    RESUME
  }

  /**
   * Whether a run may start here; changes nothing, so that a job can be checked before its folder
   * is touched.
   *
   * @throws IOException when the mode does not fit what is there
   */
  public static void check(Path folder, StartMode mode) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new RunRefusedException(folder + ": is a file; give another output.folder");
    }
    RunFiles files = new RunFiles(folder);
    if (mode == StartMode.NEW && files.holdRun()) {
      throw new RunRefusedException(
          folder
              + ": holds a run already; give another output.folder, or --resume to go on, or"
              + " --overwrite to replace it");
    }
    if (mode == StartMode.NEW && files.holdForeignConfig()) {
      throw foreign(folder.resolve(RunFiles.CONFIG));
    }
    Optional<Path> foreign = files.foreign();
    if (mode != StartMode.RESUME && foreign.isPresent()) {
      throw foreign(foreign.get());
    }
    if (mode == StartMode.RESUME && !Files.isDirectory(folder)) {
      throw new RunRefusedException(folder + ": no run to resume");
    }
  }

  private static RunRefusedException foreign(Path file) {
    return new RunRefusedException(
        file
            + ": was not written by a run, which would replace it; rename it, or give another"
            + " output.folder");
  }

  /**
   * Makes the folder, takes it for this process until it is closed, and proves that it can be
   * written.
   *
   * @param fingerprint of the configuration: with {@link StartMode#RESUME} a new run that waits to
   *     replace the earlier one is gone on with when it is of this configuration
   * @throws IOException one line: it can't be written, another program runs in it, or the mode does
   *     not fit what is there
   */
  public static RunFolder claim(Path folder, StartMode mode, String fingerprint)
      throws IOException {
    FolderLock lock = writable(folder);
    try {
      RunFolder claimed = new RunFolder(folder, lock);
      claimed.replacement.complete();
      check(folder, mode);
      claimed.prepare(mode, fingerprint);
      return claimed;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static FolderLock writable(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, RunFiles.WRITE_PROBE, ".tmp"));
      return FolderLock.take(folder);
    } catch (RunRefusedException e) {
      throw e;
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
  }

  private void prepare(StartMode mode, String fingerprint) throws IOException {
    new RunFiles(folder).sweep();
    if (mode == StartMode.RESUME) {
      Optional<String> waiting = new RunFiles(replacement.waiting()).newestFingerprint();
      if (waiting.filter(fingerprint::equals).isPresent()) {
        files = replacement.waiting();
        new RunFiles(files).sweep();
      }
      return;
    }
    replacement.discard();
    if (new RunFiles(folder).holdRun()) {
      files = Files.createDirectory(replacement.waiting());
    } else {
      new RunFiles(folder).delete();
    }
  }

  /**
   * Whether a run of this configuration was stopped or died here and can be gone on with.
   *
   * @param fingerprint of the configuration
   */
  public static boolean isUnfinished(Path folder, String fingerprint) throws IOException {
    for (Path place : new Replacement(folder).places()) {
      if (new RunFiles(place).newestFingerprint().filter(fingerprint::equals).isPresent()) {
        return true;
      }
    }
    return !Files.exists(folder.resolve(RunFiles.RESULT))
        && new RunFiles(folder).newestFingerprint().filter(fingerprint::equals).isPresent();
  }

  /**
   * Whether a run in the folder replaces the file.
   *
   * @throws IOException one of them can't be found
   */
  public static boolean replaces(Path folder, Path file) throws IOException {
    for (Path name : List.of(file.toAbsolutePath(), file.toRealPath())) {
      if (Files.isDirectory(folder)
          && Files.isSameFile(folder, name.getParent())
          && RunFiles.NAMES.contains(name.getFileName().toString())) {
        return true;
      }
    }
    return false;
  }

  /** Whether an earlier run is still in its place. */
  public boolean isWaiting() {
    return !files.equals(folder);
  }

  /**
   * Called when the run has a model and a checkpoint: it replaces the earlier one. Does nothing
   * where there is none.
   *
   * @return what of the earlier run still lies there, for a user to know
   */
  public Optional<String> publish() throws IOException {
    if (!isWaiting() || !Files.exists(model())) {
      return Optional.empty();
    }
    closeLog();
    replacement.commit();
    boolean logged = log != null;
    files = folder;
    if (logged) {
      openLog();
    }
    Path fast = folder.resolve("fast.zip");
    return Files.exists(fast)
        ? Optional.of(fast + ": is of the run that was replaced; convert again")
        : Optional.empty();
  }

  /** Keeps {@code run.log} until the folder is closed. */
  public void openLog() {
    // By name: Logback need not be there at all.
    String library = LoggerFactory.getILoggerFactory().getClass().getName();
    Path file = files.resolve(RunFiles.LOG);
    log = library.startsWith("ch.qos.logback.") ? LogbackRunLog.open(file) : new PlainRunLog(file);
  }

  /** A line of the run itself for {@code run.log}. */
  public void log(String line) {
    if (log != null) {
      log.line(line);
    }
  }

  private void closeLog() {
    if (log != null) {
      log.close();
    }
  }

  /** Frees the folder; a new run that came to nothing is removed. */
  @Override
  public void close() throws IOException {
    closeLog();
    try {
      if (isWaiting() && new RunFiles(files).checkpoints().isEmpty()) {
        replacement.discard();
      }
    } finally {
      lock.close();
    }
  }

  public void writeConfig(String yaml) throws IOException {
    write(RunFiles.CONFIG, RunFiles.CONFIG_HEADER + "\n" + yaml);
  }

  /** Which images the run is about, for one that goes on with it. */
  public void writeData(DataIdentity data) throws IOException {
    write("data.json", Json.pretty(data));
  }

  /** What {@link #writeData} wrote; empty where the file is missing or damaged. */
  public Optional<DataIdentity> readData() {
    try {
      return Optional.of(
          Json.read(Files.readAllBytes(files.resolve("data.json")), DataIdentity.class));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** All lines anew, so that the files are whole at any time. */
  public void writeMetrics(List<EpochMetrics> metrics) throws IOException {
    StringBuilder lines = new StringBuilder();
    metrics.forEach(epoch -> lines.append(Json.line(epoch)).append('\n'));
    write(RunFiles.METRICS, lines.toString());
    AtomicFile.write(files.resolve(RunFiles.TABLE), MetricsTable.of(metrics));
  }

  /** The same epochs for TensorBoard. */
  public void writeEvents(List<EpochMetrics> metrics) throws IOException {
    new EventFile(files.resolve(RunFiles.EVENTS)).write(metrics);
  }

  /**
   * @param result a record or map
   */
  public void writeResult(Object result) throws IOException {
    write(RunFiles.RESULT, Json.pretty(result));
  }

  public void writeCurves(List<EpochMetrics> metrics) throws IOException {
    AtomicFile.write(files.resolve("curves.png"), Curves.png(metrics));
  }

  private void write(String name, String text) throws IOException {
    AtomicFile.write(files.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }

  /** What {@link #writeConfig} wrote. */
  public Path config() {
    return files.resolve(RunFiles.CONFIG);
  }

  /** As the user gave it. */
  public Path path() {
    return folder;
  }

  public Path model() {
    return files.resolve(RunFiles.MODEL);
  }

  public Path rawModel() {
    return files.resolve(RunFiles.RAW_MODEL);
  }

  /** Those of this run, whether it waits or not. */
  RunFiles files() {
    return new RunFiles(files);
  }

  public Path checkpoints() {
    return files.resolve(RunFiles.CHECKPOINTS);
  }

  /** Where a teacher's answers are kept. */
  public Path teacherLogits() {
    return files.resolve(RunFiles.TEACHER_LOGITS);
  }

  public Path report() {
    return files.resolve("report.html");
  }
}
