package io.github.repvgg4j.train.run;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One program at a time in a run's folder. The operating system holds the lock, so one that a
 * killed process leaves behind blocks nobody; the file itself stays.
 */
final class FolderLock implements Closeable {

  static final String NAME = ".lock";

  private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @throws IOException one line: another program runs in the folder, or it can't be written
   */
  static FolderLock take(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (!locked(folder, channel)) {
      String holder = holder(file);
      channel.close();
      throw new RunRefusedException(
          folder
              + ": another program is training in this folder"
              + holder
              + "; wait for its end, or give another output.folder");
    }
    channel.truncate(0);
    byte[] process = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
    channel.write(ByteBuffer.wrap(process));
    return new FolderLock(channel);
  }

  private static boolean locked(Path folder, FileChannel channel) {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) { // held by this very process
      return false;
    } catch (IOException e) { // some network file systems have none; a run there is still a run
      LOG.warn("{}: no locks on this file system; let one program at a time train here", folder);
      return true;
    }
  }

  private static String holder(Path file) {
    try {
      String process = Files.readString(file).strip();
      return process.isEmpty() ? "" : " (process " + process + ")";
    } catch (IOException e) { // Windows keeps others from reading a locked file
      return "";
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
