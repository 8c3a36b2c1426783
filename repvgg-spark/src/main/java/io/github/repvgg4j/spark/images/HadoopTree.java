package io.github.repvgg4j.spark.images;

import io.github.repvgg4j.data.listing.FileTree;
import io.github.repvgg4j.data.listing.LocalTree;
import io.github.repvgg4j.machine.FileNames;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;

/** Folders of one of Hadoop's file systems. */
final class HadoopTree implements FileTree {

  private final FileSystem files;
  private final Path root;

  private HadoopTree(FileSystem files, Path root) {
    this.files = files;
    this.root = root;
  }

  /** This machine's disk is listed as everywhere else: Hadoop does not tell links from folders. */
  static FileTree of(FileSystem files, Path root) {
    if (files instanceof LocalFileSystem local) {
      return new LocalTree(local.pathToFile(root).toPath());
    }
    if (files instanceof RawLocalFileSystem local) {
      return new LocalTree(local.pathToFile(root).toPath());
    }
    return new HadoopTree(files, root);
  }

  /** The file at a location; a manifest may name one that is complete in itself. */
  static Path path(Path root, String location) {
    if (location.isEmpty()) {
      return root;
    }
    boolean complete = location.startsWith("/") || location.matches("[A-Za-z][A-Za-z0-9+.-]+:/.*");
    return complete ? new Path(root, new Path(location)) : new Path(root + "/" + location);
  }

  @Override
  public List<Entry> entries(String folder) throws IOException {
    Path path = path(root, folder);
    List<Entry> entries = new ArrayList<>();
    try {
      // An iterator, not an array of FileStatus: a folder may hold a million files.
      RemoteIterator<FileStatus> statuses = files.listStatusIterator(path);
      while (statuses.hasNext()) {
        entries.add(entry(statuses.next()));
      }
    } catch (FileNotFoundException e) {
      throw new IOException(path + ": no such folder", e);
    } catch (AccessControlException e) {
      throw new IOException(path + ": no permission to read", e);
    }
    return entries;
  }

  private static Entry entry(FileStatus status) {
    String name = FileNames.readable(status.getPath().getName());
    if (status.isDirectory()) {
      return Entry.folder(name);
    }
    return status.isFile()
        ? Entry.file(name, status.getLen())
        : new Entry(name, Kind.SPECIAL, -1, null);
  }

  @Override
  public Optional<Entry> entry(String location) throws IOException {
    try {
      return Optional.of(entry(files.getFileStatus(path(root, location))));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  @Override
  public InputStream open(String file) throws IOException {
    return files.open(path(root, file));
  }

  @Override
  public String realPath() {
    return "";
  }

  @Override
  public String shown(String location) {
    return path(root, location).toString();
  }
}
