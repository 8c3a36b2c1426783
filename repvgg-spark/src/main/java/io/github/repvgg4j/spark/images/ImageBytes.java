package io.github.repvgg4j.spark.images;

import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.BadImageException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.zip.CRC32;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Reads the bytes of single images. */
public final class ImageBytes {

  private ImageBytes() {}

  /**
   * @return the encoded image
   * @throws BadImageException when this one image is missing, damaged or too large; any other
   *     failure to read is an {@link IOException}, worth another attempt
   */
  public static byte[] read(ImageRef ref, Configuration hadoop) throws IOException {
    Path path = new Path(ref.file());
    FileSystem files = path.getFileSystem(hadoop);
    try {
      return ref.length() == ImageRef.WHOLE_FILE
          ? wholeFile(ref, files, path)
          : packed(ref, files, path);
    } catch (FileNotFoundException e) {
      throw new BadImageException(ref.file(), "no such file; it was there when it was listed");
    }
  }

  private static byte[] wholeFile(ImageRef ref, FileSystem files, Path path) throws IOException {
    FileStatus status = files.getFileStatus(path);
    if (status.getLen() > ImageReader.MAX_FILE_BYTES) {
      throw new BadImageException(
          ref.file(), "is larger than " + (ImageReader.MAX_FILE_BYTES >> 20) + " MiB");
    }
    try (FSDataInputStream in = files.open(path)) {
      return in.readNBytes((int) status.getLen());
    }
  }

  private static byte[] packed(ImageRef ref, FileSystem files, Path path) throws IOException {
    byte[] bytes = new byte[ref.length()];
    try (FSDataInputStream in = files.open(path)) {
      in.readFully(ref.offset(), bytes);
    } catch (EOFException e) {
      throw new BadImageException(
          ref.file(), "is cut off before image " + ref.name() + "; pack the images again");
    }
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    if (checksum.getValue() != ref.checksum()) {
      throw new BadImageException(
          ref.file(),
          "image "
              + ref.name()
              + " at byte "
              + ref.offset()
              + " is damaged (checksum differs); pack the images again");
    }
    return bytes;
  }
}
