package io.github.repvgg4j.train.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a run leaves in a folder, by name. Nothing else in there is ever touched.
 *
 * @param folder the run's, or the one in which its successor waits
 */
record RunFiles(Path folder) {

  static final String CONFIG = "config.yaml";
  static final String LOG = "run.log";
  static final String MODEL = "model.zip";
  static final String RAW_MODEL = "model-raw.zip";
  static final String RESULT = "result.json";
  static final String TEACHER_LOGITS = "teacher-logits.bin";
  static final String METRICS = "metrics.jsonl";
  static final String TABLE = "metrics.csv";

  /** In a folder that TensorBoard can be told; it takes what has tfevents in its name. */
  static final String EVENTS = "tensorboard/events.out.tfevents.repvgg4j";

  static final String CHECKPOINTS = "checkpoints";

  /** End of a checkpoint's name. */
  static final String CHECKPOINT = ".ckpt";

  private static final Pattern CHECKPOINT_NAME =
      Pattern.compile("epoch-\\d{5,}-batch-\\d{7,}" + Pattern.quote(CHECKPOINT));

  static final List<String> NAMES =
      List.of(
          CONFIG,
          "data.json",
          METRICS,
          TABLE,
          EVENTS,
          MODEL,
          RAW_MODEL,
          RESULT,
          "curves.png",
          LOG,
          TEACHER_LOGITS,
          "report.html");

  /** Beginning of a file's name that is written to see whether the folder can be. */
  static final String WRITE_PROBE = ".write";

  /** First line of a {@code config.yaml} that a run wrote. */
  static final String CONFIG_HEADER =
      "# Written by a run of repvgg4j: the whole configuration with all defaults.";

  /** Whether a run left anything that took time to come by. */
  boolean holdRun() throws IOException {
    boolean any =
        Stream.of(MODEL, RAW_MODEL, RESULT).anyMatch(name -> Files.exists(folder.resolve(name)))
            || !checkpoints().isEmpty();
    return any && areRuns();
  }

  /**
   * Whether what has such names was written by a run: a run's {@code config.yaml} is there, which
   * is written before all others but the log, or a checkpoint that a run wrote.
   */
  private boolean areRuns() throws IOException {
    return Files.exists(folder.resolve(CONFIG)) && !holdForeignConfig()
        || newestFingerprint().isPresent();
  }

  /** Somebody's own {@code config.yaml}, which no run may replace. */
  boolean holdForeignConfig() throws IOException {
    Path config = folder.resolve(CONFIG);
    if (!Files.isRegularFile(config)) {
      return false;
    }
    try (BufferedReader lines = Files.newBufferedReader(config, StandardCharsets.ISO_8859_1)) {
      return !CONFIG_HEADER.equals(lines.readLine());
    }
  }

  /** Somebody's own file with the name of a run's; a log is only ever added to. */
  Optional<Path> foreign() throws IOException {
    if (areRuns()) {
      return Optional.empty();
    }
    Stream<Path> named =
        NAMES.stream()
            .filter(name -> !name.equals(CONFIG) && !name.equals(LOG))
            .map(folder::resolve)
            .filter(Files::exists);
    return Stream.concat(named, checkpoints().stream()).findFirst();
  }

  /** Whole and unfinished checkpoints. */
  List<Path> checkpoints() throws IOException {
    Path checkpoints = folder.resolve(CHECKPOINTS);
    if (!Files.isDirectory(checkpoints)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files
          .filter(file -> CHECKPOINT_NAME.matcher(file.getFileName().toString()).matches())
          .toList();
    }
  }

  List<Path> newestCheckpoints() throws IOException {
    return checkpoints().stream().sorted(Comparator.reverseOrder()).toList();
  }

  /**
   * Of the configuration that the newest checkpoint was written with; empty where none can be read.
   */
  Optional<String> newestFingerprint() throws IOException {
    for (Path file : newestCheckpoints()) {
      try {
        return Optional.ofNullable(CheckpointFile.progress(file).fingerprint());
      } catch (IOException e) {
        continue; // a damaged one, of which a user hears when the run goes on
      }
    }
    return Optional.empty();
  }

  /** Removes what killed processes left half written. Only for who holds the folder. */
  void sweep() throws IOException {
    Path events = folder.resolve(EVENTS).getParent();
    for (Path place : List.of(folder, folder.resolve(CHECKPOINTS), events)) {
      if (Files.isDirectory(place)) {
        try (Stream<Path> files = Files.list(place)) {
          for (Path file : files.filter(RunFiles::isHalfWritten).toList()) {
            Files.delete(file);
          }
        }
      }
    }
  }

  private static boolean isHalfWritten(Path file) {
    String name = file.getFileName().toString();
    boolean own =
        name.contains(CHECKPOINT + ".")
            || name.startsWith(WRITE_PROBE)
            || NAMES.stream()
                .map(RunFiles::folderless)
                .anyMatch(known -> name.startsWith("." + known + "."));
    return own && name.startsWith(".") && name.endsWith(".tmp") && Files.isRegularFile(file);
  }

  private static String folderless(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** Removes what a run left; its {@code config.yaml}, which says that it is one, comes last. */
  void delete() throws IOException {
    boolean runs = areRuns();
    keepForeignConfig();
    if (runs) {
      for (String name : NAMES) {
        if (!name.equals(CONFIG)) {
          delete(name);
        }
      }
      deleteCheckpoints();
      delete(CONFIG);
    }
  }

  /** With the folder of its own, where it has one and nothing else lies in there. */
  void delete(String name) throws IOException {
    Path file = folder.resolve(name);
    if (Files.deleteIfExists(file) && !file.getParent().equals(folder)) {
      boolean empty;
      try (Stream<Path> others = Files.list(file.getParent())) {
        empty = others.findAny().isEmpty();
      }
      if (empty) {
        Files.delete(file.getParent());
      }
    }
  }

  void deleteCheckpoints() throws IOException {
    for (Path checkpoint : checkpoints()) {
      Files.delete(checkpoint);
    }
  }

  void keepForeignConfig() throws IOException {
    if (holdForeignConfig()) {
      Files.move(folder.resolve(CONFIG), unused(folder.resolve(CONFIG + ".bak")));
    }
  }

  private static Path unused(Path file) {
    Path free = file;
    for (int i = 2; Files.exists(free); i++) {
      free = file.resolveSibling(file.getFileName() + "." + i);
    }
    return free;
  }
}
