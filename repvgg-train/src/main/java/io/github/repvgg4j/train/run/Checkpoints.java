package io.github.repvgg4j.train.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of a run: the newest few, and the way back to the newest whole one. */
public final class Checkpoints {

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final String SUFFIX = ".ckpt";

  private final Path folder;
  private final int keep;

  public Checkpoints(Path folder, int keep) {
    this.folder = folder;
    this.keep = keep;
  }

  /** Writes one and drops what is too old. */
  public void save(Progress progress, List<INDArray> vectors) throws IOException {
    String name =
        String.format(
            Locale.ROOT, "epoch-%05d-batch-%07d%s", progress.epoch(), progress.batch(), SUFFIX);
    CheckpointFile.write(folder.resolve(name), progress, vectors);
    List<Path> all = newestFirst();
    for (Path old : all.subList(Math.min(keep, all.size()), all.size())) {
      Files.deleteIfExists(old);
    }
  }

  /**
   * Loads the newest one that is whole; damaged ones are passed over with a warning.
   *
   * @param vectors filled
   * @throws IOException when there is none, or it belongs to another configuration
   */
  public Progress load(String fingerprint, List<INDArray> vectors) throws IOException {
    List<Path> files = newestFirst();
    for (Path file : files) {
      Progress progress;
      try {
        progress = CheckpointFile.read(file, vectors);
      } catch (IOException e) {
        LOG.warn("{} {}; going back to the one before", file, e.getMessage());
        continue;
      }
      if (!progress.fingerprint().equals(fingerprint)) {
        throw new IOException(
            file
                + ": was written with another configuration; resume with that run's config.yaml, or"
                + " start anew with --overwrite");
      }
      return progress;
    }
    throw new IOException(
        folder
            + ": "
            + (files.isEmpty() ? "no checkpoint to resume from" : "no checkpoint is whole")
            + "; start anew with --overwrite");
  }

  private List<Path> newestFirst() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all =
          new ArrayList<>(files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList());
      Collections.reverse(all);
      return all;
    }
  }
}
