package io.github.repvgg4j.modelzip;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ArrayHeader;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.array.HostMemory;
import io.github.repvgg4j.array.RowMajor;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads and writes an array as {@code Nd4j.write} does: two buffers (shape information, data), each
 * an {@link ArrayHeader} and its elements (big endian). When reading, the layout of ND4J up to
 * 0.9.1 is understood too, and the sizes that the headers claim are held against the entry's size
 * before memory is taken.
 */
final class ArrayEntry {

  private static final int CHUNK_BYTES = 1 << 18;

  private ArrayEntry() {}

  /** A row vector {@code [1, n]}, FLOAT or DOUBLE; on the heap nothing is kept. */
  static INDArray readVector(SafeZip zip, String name, long entryBytes) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(zip.stream(name), CHUNK_BYTES))) {
      ArrayHeader header = ArrayHeader.ofData(zip.path() + ": " + name, in);
      long length = header.length();
      DataType type = dataType(zip, name, header.type());
      if (length < 1 || length > entryBytes / type.width()) {
        throw zip.fault(
            name + " claims " + length + " numbers in " + entryBytes + " bytes; damaged file");
      }
      INDArray vector = Nd4j.createUninitialized(type, 1, length);
      if (type == DataType.FLOAT) {
        HostMemory.write(vector, numbers -> readFloats(in, numbers));
      } else {
        for (long i = 0; i < length; i++) {
          vector.putScalar(i, in.readDouble());
        }
      }
      if (in.read() != -1) {
        throw zip.fault(name + " goes on after its last number; damaged file");
      }
      return vector;
    } catch (java.io.EOFException | java.util.zip.ZipException | java.io.UTFDataFormatException e) {
      throw new ArchiveException(zip.path() + ": " + name + " is cut off or damaged", e);
    }
  }

  /**
   * Writes what {@code Nd4j.write} would, byte for byte. A gapless FLOAT array, which is what a
   * network's parameters are, goes in blocks: no copy of a view, no call a number.
   */
  static void write(INDArray values, OutputStream stream) throws IOException {
    DataOutputStream out = new DataOutputStream(stream);
    if (values.dataType() == DataType.FLOAT && RowMajor.is(values)) {
      shapeInformation(values).write(out);
      out.writeUTF(values.data().allocationMode().name());
      out.writeLong(values.length());
      out.writeUTF(DataType.FLOAT.name());
      HostMemory.read(values, numbers -> writeFloats(numbers, out));
    } else {
      Nd4j.write(values, out);
    }
    out.flush();
  }

  /** As of a copy: a view's own says that it is a view. */
  private static DataBuffer shapeInformation(INDArray values) {
    return Nd4j.getShapeInfoProvider()
        .createShapeInformation(
            values.shape(), ArrayUtil.calcStrides(values.shape()), 1, 'c', values.dataType(), false)
        .getFirst();
  }

  private static void writeFloats(FloatBuffer source, OutputStream out) throws IOException {
    int most = Math.min(CHUNK_BYTES / Float.BYTES, source.remaining());
    ByteBuffer chunk = ByteBuffer.allocate(most * Float.BYTES);
    float[] floats = new float[most];
    while (source.hasRemaining()) {
      int count = Math.min(most, source.remaining());
      source.get(floats, 0, count);
      chunk.asFloatBuffer().put(floats, 0, count);
      out.write(chunk.array(), 0, count * Float.BYTES);
    }
  }

  private static DataType dataType(SafeZip zip, String name, String type) throws IOException {
    return switch (type) {
      case "FLOAT" -> DataType.FLOAT;
      case "DOUBLE" -> DataType.DOUBLE;
      default ->
          throw zip.fault(
              name
                  + " holds "
                  + type
                  + " numbers; FLOAT or DOUBLE can be read: save it after"
                  + " network.convertDataType(DataType.FLOAT)");
    };
  }

  private static void readFloats(DataInputStream in, FloatBuffer target) throws IOException {
    long all = (long) target.remaining() * Float.BYTES;
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, all)];
    for (long left = all; left > 0; left -= chunk.length) {
      int bytes = (int) Math.min(chunk.length, left);
      in.readFully(chunk, 0, bytes);
      target.put(ByteBuffer.wrap(chunk, 0, bytes).asFloatBuffer());
    }
  }
}
