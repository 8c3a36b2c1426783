package io.github.repvgg4j.spark;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * This machine's files as {@code fulldisk:/path}, but a file that grows beyond {@link #ROOM} bytes
 * meets a full disk.
 */
public final class FullDisk extends RawLocalFileSystem {

  /** Hadoop's key and value that make the scheme known. */
  public static final String KEY = "fs.fulldisk.impl";

  static final int ROOM = 1024;
  private static final URI NAME = URI.create("fulldisk:///");

  @Override
  public URI getUri() {
    return NAME;
  }

  @Override
  public String getScheme() {
    return "fulldisk";
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    FileStatus status = super.getFileStatus(path);
    status.setPath(makeQualified(path));
    return status;
  }

  @Override
  protected OutputStream createOutputStreamWithMode(
      Path path, boolean append, FsPermission permission) throws IOException {
    return new FilterOutputStream(super.createOutputStreamWithMode(path, append, permission)) {
      private long written;

      @Override
      public void write(int b) throws IOException {
        take(1);
        out.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        take(length);
        out.write(bytes, offset, length);
      }

      private void take(int bytes) throws IOException {
        written += bytes;
        if (written > ROOM) {
          throw new IOException("No space left on device");
        }
      }
    };
  }
}
