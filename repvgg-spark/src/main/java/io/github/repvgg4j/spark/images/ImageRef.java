package io.github.repvgg4j.spark.images;

import java.io.Serializable;

/**
 * Where the bytes of one image lie.
 *
 * @param file the image itself, or the shard that holds it; a Hadoop path
 * @param offset of its first byte in {@code file}
 * @param length bytes; {@link #WHOLE_FILE} where it is a file of its own
 * @param checksum CRC-32 of the bytes; {@link #NO_CHECKSUM} where unknown
 * @param name {@code class/file} as the user knows it; unique in its set
 * @param label name of the class; empty where there is none
 */
public record ImageRef(
    String file, long offset, int length, long checksum, String name, String label)
    implements Serializable {

  /** The length of an image that fills its file. */
  public static final int WHOLE_FILE = -1;

  /** The checksum of an image that was never packed. */
  public static final long NO_CHECKSUM = -1;

  /** An image in a file of its own. */
  public static ImageRef ofFile(String file, String name, String label) {
    return new ImageRef(file, 0, WHOLE_FILE, NO_CHECKSUM, name, label);
  }
}
