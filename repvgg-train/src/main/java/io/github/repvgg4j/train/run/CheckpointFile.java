package io.github.repvgg4j.train.run;

import io.github.repvgg4j.archive.ChecksummedFile;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One checkpoint: magic number, {@link Progress} as JSON with its length, the number of vectors and
 * their length, their float32 values (big endian), CRC-32 of all that.
 */
final class CheckpointFile {

  private static final long MAGIC = 0x5245_5056_4747_0002L;
  private static final int CHUNK_FLOATS = 1 << 16;
  private static final int MAX_JSON_BYTES = 64 << 20;

  private CheckpointFile() {}

  /** What a whole file holds. */
  @SuppressWarnings("ArrayRecordComponent")
  record Content(Progress progress, float[][] vectors) {

    /**
     * Fills the vectors.
     *
     * @throws IOException when they are not as many or not as long; they are untouched
     */
    void copyTo(List<INDArray> targets) throws IOException {
      boolean fit = vectors.length == targets.size();
      for (int i = 0; fit && i < vectors.length; i++) {
        fit = vectors[i].length == targets.get(i).length();
      }
      if (!fit) {
        throw new IOException("belongs to another network or optimizer");
      }
      for (int i = 0; i < vectors.length; i++) {
        targets.get(i).assign(Nd4j.createFromArray(new float[][] {vectors[i]}));
      }
    }
  }

  static void write(Path file, Progress progress, List<INDArray> vectors) throws IOException {
    ChecksummedFile.write(
        file,
        out -> {
          byte[] json = Json.line(progress).getBytes(StandardCharsets.UTF_8);
          out.writeLong(MAGIC);
          out.writeInt(json.length);
          out.write(json);
          out.writeInt(vectors.size());
          out.writeLong(vectors.get(0).length());
          for (INDArray vector : vectors) {
            writeFloats(out, vector.toFloatVector());
          }
        });
  }

  private static void writeFloats(DataOutputStream out, float[] values) throws IOException {
    byte[] chunk = new byte[4 * CHUNK_FLOATS];
    for (int from = 0; from < values.length; from += CHUNK_FLOATS) {
      int count = Math.min(CHUNK_FLOATS, values.length - from);
      ByteBuffer.wrap(chunk).asFloatBuffer().put(values, from, count);
      out.write(chunk, 0, 4 * count);
    }
  }

  /**
   * What the file says of itself in front of its numbers, which may be of any network.
   *
   * @throws IOException when the file is damaged
   */
  static Progress progress(Path file) throws IOException {
    long left = Files.size(file) - Long.BYTES;
    try (ChecksummedFile.Input in = ChecksummedFile.open(file)) {
      byte[] json = json(in);
      left -= Long.BYTES + Integer.BYTES + json.length;
      in.skipNBytes(Math.max(0, left));
      in.requireChecksum();
      return Json.read(json, Progress.class);
    } catch (EOFException e) {
      throw new IOException("is cut off", e);
    }
  }

  private static byte[] json(DataInputStream in) throws IOException {
    if (in.readLong() != MAGIC) {
      throw new IOException("is no checkpoint");
    }
    int length = in.readInt();
    if (length < 0 || length > MAX_JSON_BYTES) {
      throw new IOException("is damaged");
    }
    return in.readNBytes(length);
  }

  /**
   * Reads and checks the whole file.
   *
   * @throws IOException when the file is damaged
   */
  static Content read(Path file) throws IOException {
    long left = Files.size(file) - 2L * Long.BYTES - 2L * Integer.BYTES - Long.BYTES;
    try (ChecksummedFile.Input in = ChecksummedFile.open(file)) {
      byte[] json = json(in);
      int vectors = in.readInt();
      long length = in.readLong();
      left -= json.length;
      if (vectors < 0 || length < 0 || vectors * (double) length * Float.BYTES > left) {
        throw new EOFException();
      }
      float[][] values = new float[vectors][];
      for (int i = 0; i < vectors; i++) {
        values[i] = readFloats(in, (int) length);
      }
      in.requireChecksum();
      return new Content(Json.read(json, Progress.class), values);
    } catch (EOFException e) {
      throw new IOException("is cut off", e);
    }
  }

  private static float[] readFloats(DataInputStream in, int length) throws IOException {
    float[] values = new float[length];
    byte[] chunk = new byte[4 * CHUNK_FLOATS];
    for (int from = 0; from < length; from += CHUNK_FLOATS) {
      int count = Math.min(CHUNK_FLOATS, length - from);
      in.readFully(chunk, 0, 4 * count);
      ByteBuffer.wrap(chunk).asFloatBuffer().get(values, from, count);
    }
    return values;
  }
}
