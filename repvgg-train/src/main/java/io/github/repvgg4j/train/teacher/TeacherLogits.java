package io.github.repvgg4j.train.teacher;

import io.github.repvgg4j.accelerate.chain.Distillation;
import io.github.repvgg4j.archive.ChecksummedFile;
import io.github.repvgg4j.data.load.SoftTargets;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A teacher's logits of all training images, and its file: magic number, length and text of what
 * they follow from, number of images, number of classes, float32 values (big endian, NaN for an
 * image that could not be used), CRC-32 of all that.
 */
public final class TeacherLogits {

  private static final long MAGIC = 0x5245_5056_5445_0001L;
  private static final int MAX_TEXT_BYTES = 1 << 16;

  private final String origin;
  private final float[][] rows;
  private final int classes;

  /**
   * None known yet.
   *
   * @param origin what they follow from: teacher, images, what is done to these
   */
  public TeacherLogits(String origin, int images, int classes) {
    this.origin = origin;
    this.rows = new float[images][];
    this.classes = classes;
  }

  /**
   * Bytes of the heap that logits of so many images take.
   *
   * @throws IllegalArgumentException where there is no room for them: one line
   */
  public static void requireRoom(long images, int classes, long heapBytes) {
    long bytes = images * (4L * classes + 24);
    if (bytes > heapBytes / 2) {
      throw new IllegalArgumentException(
          "training.teacher.cache: images needs "
              + (bytes >> 20)
              + " MiB for "
              + images
              + " images of "
              + classes
              + " classes, more than half of the heap; raise -Xmx or use cache: none");
    }
  }

  /**
   * @param logits {@code [n, classes]} in C order
   * @param row which of them
   */
  public void set(int image, float[] logits, int row) {
    rows[image] = Arrays.copyOfRange(logits, row * classes, (row + 1) * classes);
  }

  /** Whether an image's are known: it could be used. */
  public boolean has(int image) {
    return rows[image] != null;
  }

  /** Of an image; null for one that could not be used. */
  public float[] row(int image) {
    return rows[image] == null ? null : rows[image].clone();
  }

  /** What a student is told. */
  public SoftTargets targets(Distillation distillation) {
    return new SoftTargets() {
      @Override
      public int classes() {
        return classes;
      }

      @Override
      public void write(int image, float[] targets, int offset) {
        if (rows[image] == null) {
          throw new IllegalStateException(
              "training image "
                  + image
                  + " could not be used when the teacher saw it and can be now; --resume lets it look"
                  + " again");
        }
        distillation.soften(rows[image], 0, classes, targets, offset);
      }
    };
  }

  /** Writes the file, whole or not at all. */
  public void write(Path file) throws IOException {
    ChecksummedFile.write(
        file,
        out -> {
          byte[] text = origin.getBytes(StandardCharsets.UTF_8);
          out.writeLong(MAGIC);
          out.writeInt(text.length);
          out.write(text);
          out.writeInt(rows.length);
          out.writeInt(classes);
          ByteBuffer bytes = ByteBuffer.allocate(4 * classes);
          for (float[] row : rows) {
            for (int k = 0; k < classes; k++) {
              bytes.putFloat(4 * k, row == null ? Float.NaN : row[k]);
            }
            out.write(bytes.array());
          }
        });
  }

  /**
   * Fills this from a file.
   *
   * @return false, with nothing filled, where it is of another teacher or other images
   * @throws IOException the file is damaged: what is wrong with it
   */
  public boolean read(Path file) throws IOException {
    try (ChecksummedFile.Input in = ChecksummedFile.open(file)) {
      int length = in.readLong() == MAGIC ? in.readInt() : -1;
      if (length < 0 || length > MAX_TEXT_BYTES) {
        throw new IOException("is no file of a teacher's logits");
      }
      String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      if (!text.equals(origin) || in.readInt() != rows.length || in.readInt() != classes) {
        return false;
      }
      float[][] found = new float[rows.length][];
      byte[] bytes = new byte[4 * classes];
      for (int i = 0; i < found.length; i++) {
        in.readFully(bytes);
        found[i] = floats(bytes);
      }
      in.requireChecksum();
      System.arraycopy(found, 0, rows, 0, rows.length);
      return true;
    } catch (EOFException e) {
      throw new IOException("is cut off", e);
    }
  }

  /** Null for an image that could not be used. */
  private static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
    return Float.isNaN(values[0]) ? null : values;
  }
}
