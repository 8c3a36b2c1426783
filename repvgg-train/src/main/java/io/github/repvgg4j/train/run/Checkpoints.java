package io.github.repvgg4j.train.run;

import io.github.repvgg4j.data.set.DataIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of a run: the newest few, and the way back to the newest whole one. */
public final class Checkpoints {

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  private final RunFolder run;
  private final int keep;

  /**
   * @param keep the newest so many
   */
  public Checkpoints(RunFolder run, int keep) {
    this.run = run;
    this.keep = keep;
  }

  /** Writes one and drops what is too old. */
  public void save(Progress progress, List<INDArray> vectors) throws IOException {
    String name =
        String.format(
            Locale.ROOT,
            "epoch-%05d-batch-%07d%s",
            progress.epoch(),
            progress.batch(),
            RunFiles.CHECKPOINT);
    CheckpointFile.write(run.checkpoints().resolve(name), progress, vectors);
    List<Path> all = run.files().newestCheckpoints();
    for (Path old : all.subList(Math.min(keep, all.size()), all.size())) {
      Files.deleteIfExists(old);
    }
  }

  /**
   * Loads the newest one that is whole; damaged ones are passed over with a warning.
   *
   * @param start of the run that is to go on: its configuration and data
   * @param data for the words of a refusal
   * @param changes of the configuration since the run began, for the words of a refusal
   * @param vectors filled
   * @throws IOException when there is none, or it belongs to another configuration or other data
   */
  public Progress load(
      Progress start, DataIdentity data, Supplier<Optional<String>> changes, List<INDArray> vectors)
      throws IOException {
    List<Path> files = run.files().newestCheckpoints();
    for (Path file : files) {
      try {
        CheckpointFile.Content content = CheckpointFile.read(file);
        requireSameRun(file, content.progress(), start, data, changes);
        content.copyTo(vectors);
        return content.progress();
      } catch (RunRefusedException e) {
        throw e;
      } catch (IOException e) {
        LOG.warn("{} {}; going back to the one before", file, e.getMessage());
      }
    }
    throw new RunRefusedException(
        run.checkpoints()
            + ": "
            + (files.isEmpty() ? "no checkpoint to resume from" : "no checkpoint is whole")
            + "; start anew with --overwrite");
  }

  private void requireSameRun(
      Path file,
      Progress found,
      Progress start,
      DataIdentity data,
      Supplier<Optional<String>> configChanges)
      throws RunRefusedException {
    if (!start.data().equals(found.data())) {
      String changes = run.readData().flatMap(data::changesSince).orElse("other classes or images");
      throw new RunRefusedException(
          run.path()
              + ": the images are not those that the run began with: "
              + changes
              + "; put them back to resume, or start anew with --overwrite");
    }
    if (!start.fingerprint().equals(found.fingerprint())) {
      throw new RunRefusedException(
          file
              + ": was written with another configuration"
              + configChanges.get().map(changes -> " (" + changes + ")").orElse("")
              + "; resume with that run's config.yaml, or start anew with --overwrite");
    }
  }
}
