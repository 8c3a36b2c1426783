package io.github.repvgg4j.serve.model;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which model each file is. */
final class ModelFiles {

  private static final Logger LOG = LoggerFactory.getLogger(ModelFiles.class);
  private static final String ZIP = ".zip";

  private final Path files;
  private final Set<Path> ignored = new HashSet<>();

  ModelFiles(Path files) {
    this.files = files;
  }

  /** One model, which stays when its file is away for a moment. */
  boolean isOne() {
    return !Files.isDirectory(files);
  }

  /**
   * The files there are now.
   *
   * @throws IOException where the folder, or the one file, cannot be read
   */
  Map<ModelId, Path> now() throws IOException {
    return isOne() ? one() : folder();
  }

  private Map<ModelId, Path> one() throws IOException {
    Path name = files.toAbsolutePath().normalize().getFileName();
    Optional<ModelId> id = ModelId.ofFile(name == null ? "" : name.toString());
    if (id.isEmpty()) {
      throw new IOException(
          files
              + ": no name of a model; NAME.zip or NAME@VERSION.zip, of letters, digits, '.', '_'"
              + " and '-'");
    }
    FileStamp.of(files); // says what is the matter
    return Map.of(id.get(), files);
  }

  private Map<ModelId, Path> folder() throws IOException {
    Map<ModelId, Path> found = new TreeMap<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(files)) {
      for (Path path : paths) {
        String name = path.getFileName().toString();
        if (!name.endsWith(ZIP) || name.startsWith(".") || !Files.isRegularFile(path)) {
          continue;
        }
        Optional<ModelId> id = ModelId.ofFile(name);
        if (id.isEmpty()) {
          ignore(path, "no name of a model, such as NAME.zip or NAME@VERSION.zip");
        } else if (found.putIfAbsent(id.get(), path) != null) {
          ignore(path, "another file is the same version");
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause(); // of a network's folder, say
    }
    return found;
  }

  private void ignore(Path path, String why) {
    if (ignored.add(path)) {
      LOG.warn("{}: not served: {}", path, why);
    }
  }
}
