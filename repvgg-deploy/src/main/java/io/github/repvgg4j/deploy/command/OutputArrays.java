package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.deploy.npy.NpyWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arrays of several outputs, written side by side as they are computed: all files whole, or none.
 *
 * @param files one an output
 * @param images first axis of each
 */
record OutputArrays(List<Path> files, long images) {

  private static final String NPY = ".npy";

  /** The next pieces, one an output; null where there are no more. */
  @FunctionalInterface
  interface Pieces {
    List<INDArray> next() throws IOException;
  }

  /**
   * {@code Y.npy} for one output, {@code Y.NAME.npy} for several. What is no letter, digit, dot or
   * hyphen in a name becomes an underscore; a name that is then taken gets the output's number.
   */
  static List<Path> files(Path output, List<String> names) {
    if (names.size() == 1) {
      return List.of(output);
    }
    String file = output.getFileName().toString();
    String stem = file.endsWith(NPY) ? file.substring(0, file.length() - NPY.length()) : file;
    List<Path> files = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i).replaceAll("[^\\p{L}\\p{Nd}._-]", "_");
      if (name.isEmpty() || !taken.add(name.toLowerCase(Locale.ROOT))) {
        name = name + i;
        taken.add(name.toLowerCase(Locale.ROOT));
      }
      files.add(output.resolveSibling(stem + "." + name + NPY));
    }
    return files;
  }

  /** The whole shape of the file that this first piece begins. */
  List<Long> shape(INDArray piece) {
    List<Long> shape = new ArrayList<>(Arrays.stream(piece.shape()).boxed().toList());
    shape.set(0, images);
    return shape;
  }

  /** Writes the first pieces and all that follow. */
  void write(List<INDArray> first, Pieces more) throws IOException {
    open(first, more, new ArrayList<>());
  }

  private void open(List<INDArray> first, Pieces more, List<NpyWriter> writers) throws IOException {
    int next = writers.size();
    if (next == files.size()) {
      for (List<INDArray> pieces = first; pieces != null; pieces = more.next()) {
        for (int i = 0; i < next; i++) {
          writers.get(i).append(pieces.get(i));
        }
      }
      return;
    }
    AtomicFile.write(
        files.get(next),
        temporary -> {
          try (NpyWriter writer = NpyWriter.create(temporary, shape(first.get(next)))) {
            writers.add(writer);
            inner(first, more, writers);
          }
        });
  }

  /** A failure of another file, or of the input, is not this file's. */
  private void inner(List<INDArray> first, Pieces more, List<NpyWriter> writers)
      throws IOException {
    if (writers.size() == files.size()) {
      open(first, more, writers);
      return;
    }
    try {
      open(first, more, writers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
