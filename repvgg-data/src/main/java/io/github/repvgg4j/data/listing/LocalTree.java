package io.github.repvgg4j.data.listing;

import io.github.repvgg4j.machine.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A folder of this machine. */
public final class LocalTree implements FileTree {

  private final Path root;

  public LocalTree(Path root) {
    this.root = root;
  }

  /** The file at a location. */
  public Path path(String location) {
    return FileNames.resolve(root, location);
  }

  @Override
  public List<Entry> entries(String folder) throws IOException {
    Path path = path(folder);
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
      for (Path child : children) {
        entry(child).ifPresent(entries::add);
      }
    } catch (DirectoryIteratorException e) {
      throw fault(path, e.getCause());
    } catch (IOException e) {
      throw fault(path, e);
    }
    return entries;
  }

  private static IOException fault(Path folder, IOException e) {
    if (e instanceof AccessDeniedException) {
      return new IOException(folder + ": no permission to read", e);
    }
    if (e instanceof NoSuchFileException || e instanceof NotDirectoryException) {
      return new IOException(folder + ": no such folder", e);
    }
    return new IOException(folder + ": cannot be listed: " + e.getMessage(), e);
  }

  @Override
  public Optional<Entry> entry(String location) throws IOException {
    return entry(path(location));
  }

  /** Empty when it is gone by now. */
  private static Optional<Entry> entry(Path path) throws IOException {
    String name = path.getFileName() == null ? "" : FileNames.text(path.getFileName());
    BasicFileAttributes own;
    try {
      own = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (AccessDeniedException e) {
      throw new IOException(path + ": no permission to read", e);
    } catch (FileSystemException e) {
      if (path.getParent() != null && !Files.isDirectory(path.getParent())) {
        return Optional.empty(); // behind a file
      }
      throw e;
    }
    // A junction of Windows is "other" and a directory.
    boolean link = own.isSymbolicLink() || (own.isOther() && own.isDirectory());
    return Optional.of(link ? linked(path, name) : plain(name, own));
  }

  private static Entry plain(String name, BasicFileAttributes attributes) {
    if (attributes.isRegularFile()) {
      return Entry.file(name, attributes.size());
    }
    return attributes.isDirectory() ? Entry.folder(name) : new Entry(name, Kind.SPECIAL, -1, null);
  }

  private static Entry linked(Path path, String name) {
    try {
      BasicFileAttributes target = Files.readAttributes(path, BasicFileAttributes.class);
      return target.isDirectory()
          ? new Entry(name, Kind.FOLDER, -1, slashes(path.toRealPath()))
          : plain(name, target);
    } catch (IOException e) {
      return new Entry(name, Kind.BROKEN_LINK, -1, null); // or a link to itself
    }
  }

  /** Without a slash at the end, which only a disk's root has. */
  static String slashes(Path path) {
    String text = FileNames.text(path).replace(path.getFileSystem().getSeparator(), "/");
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  @Override
  public InputStream open(String file) throws IOException {
    return Files.newInputStream(path(file));
  }

  @Override
  public String realPath() throws IOException {
    try {
      return slashes(root.toRealPath());
    } catch (NoSuchFileException e) {
      throw new IOException(root + ": no such folder", e);
    }
  }

  @Override
  public String shown(String location) {
    String start = FileNames.text(root);
    String separator = root.getFileSystem().getSeparator();
    if (location.isEmpty() || start.isEmpty()) {
      return start + location.replace("/", separator);
    }
    String between = start.endsWith(separator) ? "" : separator;
    return start + between + location.replace("/", separator);
  }
}
