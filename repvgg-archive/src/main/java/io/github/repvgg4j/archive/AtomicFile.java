package io.github.repvgg4j.archive;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a file under a temporary name beside its target and renames it when it is whole and on the
 * disk: a machine that loses its power leaves the old file or the new one, too. Where the target is
 * a link to a file, that file is replaced and the link stays.
 */
public final class AtomicFile {

  private static final int BUFFER_BYTES = 1 << 18;

  private static final Logger LOG = LoggerFactory.getLogger(AtomicFile.class);

  private AtomicFile() {}

  /**
   * From now on this program leaves no temporary file when it is told to end (^C, SIGTERM). Not for
   * one that completes what it is writing before it ends, as training does.
   */
  public static void leaveNothingAtExit() {
    UnfinishedFiles.deleteAtExit();
  }

  /** Writes the content to the path that it is given. */
  @FunctionalInterface
  public interface Content {
    void writeTo(Path temporary) throws IOException;
  }

  /** Writes the content to the stream that it is given. */
  @FunctionalInterface
  public interface StreamContent {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Either the whole content stands under {@code target} afterwards, or what stood there before.
   *
   * @throws IOException one line that names the target
   */
  public static void write(Path target, Content content) throws IOException {
    Path temporary = null;
    try {
      Path absolute = linked(target.toAbsolutePath());
      Path folder = absolute.getParent();
      Files.createDirectories(folder);
      temporary = Files.createFile(folder.resolve(temporaryName(absolute)));
      UnfinishedFiles.add(temporary);
      content.writeTo(temporary);
      force(temporary);
      move(temporary, absolute);
      forceNames(folder);
    } catch (AccessDeniedException e) {
      throw new IOException(target + ": no permission to write", e);
    } catch (ArchiveException e) {
      throw e; // of the file that the content comes from
    } catch (IOException e) {
      String message = e.getMessage();
      throw message != null && message.startsWith(target.toString())
          ? e
          : new IOException(target + ": cannot be written: " + reason(e, temporary), e);
    } finally {
      if (temporary != null) {
        UnfinishedFiles.delete(temporary);
      }
    }
  }

  /** What is written through a link to a file is that file. */
  private static Path linked(Path target) throws IOException {
    return Files.isSymbolicLink(target) && Files.isRegularFile(target)
        ? target.toRealPath()
        : target;
  }

  /** In words, without the temporary name that no user knows. */
  private static String reason(IOException e, Path temporary) {
    if (e instanceof FileAlreadyExistsException exists && temporary == null) {
      return exists.getFile() + " is a file where a folder is needed";
    }
    if (e instanceof FileSystemException system
        && (temporary == null || temporary.toString().equals(system.getFile()))) {
      return system.getReason() == null ? "its folder cannot be used" : system.getReason();
    }
    return e.getMessage();
  }

  /**
   * The same for what is written front to back.
   *
   * @param content gets a buffered stream, which is closed after it
   */
  public static void stream(Path target, StreamContent content) throws IOException {
    write(
        target,
        temporary -> {
          try (OutputStream file = Files.newOutputStream(temporary);
              OutputStream out = new BufferedOutputStream(file, BUFFER_BYTES)) {
            content.writeTo(out);
          }
        });
  }

  /** The same for bytes at hand. */
  public static void write(Path target, byte[] bytes) throws IOException {
    write(target, temporary -> Files.write(temporary, bytes));
  }

  /** Unlike {@code createTempFile}, whose files only their owner may read. */
  private static String temporaryName(Path target) {
    return "." + target.getFileName() + "." + UUID.randomUUID() + ".tmp";
  }

  /** File systems may else rename first and write the content later. */
  private static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /**
   * So that what is done after the rename, such as deleting an older file, isn't kept without it.
   */
  private static void forceNames(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      LOG.debug("{}: not forced to the disk, which not every system can", folder, e);
    }
  }

  private static void move(Path temporary, Path target) throws IOException {
    try {
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
