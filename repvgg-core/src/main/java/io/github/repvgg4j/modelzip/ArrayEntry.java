package io.github.repvgg4j.modelzip;

import io.github.repvgg4j.archive.NumberEntry;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.array.HostMemory;
import io.github.repvgg4j.array.RowMajor;
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

/** Arrays out of a model zip, as {@link NumberEntry} reads them, and into one. */
final class ArrayEntry {

  private static final int CHUNK_BYTES = 1 << 18;

  private ArrayEntry() {}

  /** A row vector {@code [1, n]}, FLOAT or DOUBLE; on the heap nothing is kept. */
  static INDArray readVector(SafeZip zip, String name) throws IOException {
    try (NumberEntry entry = NumberEntry.open(zip, name)) {
      DataType type = DataType.valueOf(entry.type().name());
      INDArray vector = Nd4j.createUninitialized(type, 1, entry.length());
      switch (entry.type()) {
        case FLOAT -> HostMemory.write(vector, numbers -> entry.read(numbers));
        case DOUBLE -> HostMemory.writeDoubles(vector, numbers -> entry.read(numbers));
      }
      entry.requireEnd();
      return vector;
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
}
