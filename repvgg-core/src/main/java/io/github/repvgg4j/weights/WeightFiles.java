package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.weights.checkpoint.CheckpointFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The weights of a RepVGG network in files of other frameworks. */
public final class WeightFiles {

  private WeightFiles() {}

  /**
   * Finds the weights that fit a RepVGG best. Numbers stay in the file until a tensor is asked for
   * them.
   *
   * @throws ArchiveException one line that names the file and what is wrong with it
   */
  public static StateDict load(Path path) throws IOException {
    return load(path, Wanted.ANY);
  }

  /**
   * The same, with the weights that stand at one place of the checkpoint.
   *
   * @param location such as {@code model_ema}; empty to choose
   */
  public static StateDict load(Path path, String location) throws IOException {
    return load(path, new Wanted(location, Optional.empty()));
  }

  /**
   * The same, with the weights that were asked for.
   *
   * @param wanted which place of the checkpoint, for which network
   */
  public static StateDict load(Path path, Wanted wanted) throws IOException {
    return wanted.in(CheckpointFiles.open(path));
  }
}
